/** svok: is there a supervisor? */
import type { Resident } from "../../chain/chain.ts";
import { posix, workingDirectory } from "../../posix/index.ts";
import { hasSupervisor } from "../../supervise/svok.ts";
import { Visits } from "../../supervise/visits.ts";
import { namesOf } from "./service-names.ts";
import { asResident, Usage } from "./tool.ts";

const HELP = `Usage: svok DIR

Says by its exit code whether a supervisor runs for service directory DIR: 0 yes, 100 no, 111 when that
cannot be found out. A name that is not here is looked for in $SERVICE_DIR, else in /service.
`;

export const svok: Resident = asResident({
  name: "svok",
  help: HELP,
  run: ([word], { environment }) => {
    if (word === undefined) throw new Usage("svok: usage: svok dir");
    const [directory = word] = namesOf(environment).resolve(word);
    return hasSupervisor(new Visits(posix, workingDirectory), directory) ? 0 : 100;
  },
});
