/**
 * Whose page a browser asks for, as it says itself (Fetch Metadata). A page of somebody else's has no need of an
 * answer to do harm: an image, a script or a form of it makes a request that names no origin. What says nothing is
 * no browser of today, or has come by a way that is not trusted.
 */
import type { IncomingHttpHeaders } from "node:http";

const OWN = new Set(["same-origin", "none"]);
/** A link elsewhere may lead here, to the page and to nothing that costs more. */
const PAGE = "/";

export function isOwnFetch(headers: IncomingHttpHeaders, url: string | undefined): boolean {
  const site = headers["sec-fetch-site"];
  if (site === undefined || OWN.has(site)) return true;
  return (
    url === PAGE &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-dest"] === "document"
  );
}
