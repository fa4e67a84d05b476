/** Services as JSON, made once for each state of a service. */
import type { ServiceView } from "./types.ts";

const texts = new WeakMap<ServiceView, string>();

/** A service as clients see it: without paths of this machine. */
export function serviceJson(view: ServiceView): string {
  const known = texts.get(view);
  if (known !== undefined) return known;
  const log = view.log && { ...view.log, directories: undefined };
  const text = JSON.stringify({ ...view, directory: undefined, log });
  texts.set(view, text);
  return text;
}
