/** Services that do nothing, for benches of what keeps them. */
import fs from "node:fs";
import { join } from "node:path";

/**
 * Makes services s0, s1, … that sleep, each with a log if there are files for it: then they say a line first.
 *
 * @param log  what is to be in the directory `log` of each: texts by name, all of them can be run
 * @returns the services' directories
 */
export function makeServices(
  directory: string,
  count: number,
  log?: Readonly<Record<string, string>>,
): string[] {
  const run = `#!/bin/sh\n${log === undefined ? "" : "echo a line\n"}exec sleep 100000\n`;
  return Array.from({ length: count }, (_, at) => {
    const service = join(directory, `s${at}`);
    fs.mkdirSync(service, { recursive: true });
    fs.writeFileSync(join(service, "run"), run, { mode: 0o755 });
    if (log !== undefined) fs.mkdirSync(join(service, "log"));
    for (const [name, text] of Object.entries(log ?? {}))
      fs.writeFileSync(join(service, "log", name), text, { mode: 0o755 });
    return service;
  });
}
