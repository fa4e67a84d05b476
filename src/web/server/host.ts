/**
 * Whom a browser thinks it speaks to. A page of somebody else's whose name was made to lead here (DNS rebinding)
 * brings that name along; a number cannot be made to lead elsewhere, and no more can localhost.
 */
const PORT = /:[0-9]{1,5}$/;
const V4 = /^[0-9]{1,3}(\.[0-9]{1,3}){3}$/;
const V6 = /^\[[0-9a-f:.]+\]$/;

/** @param names  of this machine, in small letters, by which it may be called as well */
export function isKnownHost(host: string | undefined, names: ReadonlySet<string>): boolean {
  if (host === undefined) return false;
  const name = host.replace(PORT, "").toLowerCase().replace(/\.$/, "");
  return V4.test(name) || V6.test(name) || name === "localhost" || names.has(name);
}

/** Whether a request was made by a page of ours, or by no page. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true;
  const own = host?.toLowerCase();
  const given = origin.toLowerCase();
  return own !== undefined && (given === `http://${own}` || given === `https://${own}`);
}

/** Whether an address is reached from this machine alone. */
export function isLoopback(address: string): boolean {
  return /^127(\.[0-9]{1,3}){3}$/.test(address) || address === "::1" || address === "localhost";
}
