/** svup: are services up? */
import type { Resident } from "../../chain/chain.ts";
import { readOptions } from "../../chain/options.ts";
import { posix } from "../../posix/index.ts";
import { isServiceUp, type Part } from "../../supervise/svup.ts";
import { namesOf } from "./service-names.ts";
import { asResident, Usage } from "./tool.ts";

const NAME = "svup";
const USAGE = "svup [-L] [-l] dir";
const HELP = `Usage: svup [-L|-l] DIR…

Says by its exit code whether each service DIR is up, and its logger where it has one. One that has only a
start is up when that has ended. A name that is not here is looked for in $SERVICE_DIR, else in
/service; '*', '?' and '[…]' match names.

  -l  the service alone
  -L  the logger alone

Exit codes: 0 yes; 100 no, or usage; 111 that cannot be found out; 101 our own fault.
`;
const PARTS: Readonly<Record<string, Part>> = { l: "service", L: "logger" };

export const svup: Resident = asResident({
  name: NAME,
  help: HELP,
  run: (words, { environment }) => {
    const given = [Buffer.from(NAME), ...words];
    const { options, rest } = readOptions(given, { name: NAME, letters: "lL", usage: USAGE });
    if (rest.length === 0) throw new Usage(`${NAME}: usage: ${USAGE}`);
    // As in encore: one takes back the other.
    const part = PARTS[options.at(-1)?.letter ?? ""] ?? "both";
    const directories = rest.flatMap((word) => namesOf(environment).resolve(word));
    return directories.every((directory) => isServiceUp(posix, directory, part)) ? 0 : 100;
  },
});
