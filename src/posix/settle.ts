/**
 * Going on as another command in the same process, as if Node had been started anew for it.
 */
import { readLaunch, replaceLaunch } from "./launch.ts";
import { setPointer } from "./libc.ts";
import { getExactLimit, setExactLimit } from "./limits.ts";
import { StringBlock } from "./strings.ts";
import { Title } from "./title.ts";
import type { Image, Resource } from "./types.ts";

/**
 * What Node cannot live under, or would lift again at its start (openFiles): what this process starts
 * gets it. It counts threads among the processes, and reserves far more memory than it uses.
 */
const HELD: ReadonlySet<Resource> = new Set([
  "addressSpace",
  "data",
  "openFiles",
  "processes",
  "residentSet",
  "stack",
]);

/** Held, as the C library reads it from now on. */
let environment: StringBlock | undefined;

/**
 * Makes this process the command that `image` describes: its environment, also that of Node and of the C
 * library; its limits, as far as Node can live under them; its title. Descriptors that the
 * image hands on keep their numbers and are inherited by what this process starts.
 */
export function settle(image: Omit<Image, "paths">): void {
  const launch = readLaunch();
  environment = new StringBlock(image.environment, "execve");
  setPointer("environ", environment.table);
  const heldLimits = new Map(launch.heldLimits);
  for (const [resource, soft] of image.softLimits ?? []) {
    if (HELD.has(resource)) heldLimits.set(resource, soft);
    else setExactLimit(resource, { ...getExactLimit(resource), soft });
  }
  const handedOn = image.descriptors?.values() ?? [];
  replaceLaunch({
    ...launch,
    environment: image.environment,
    heldLimits,
    inherited: [...launch.inherited, ...handedOn],
  });
  new Title(image.argv).release();
}
