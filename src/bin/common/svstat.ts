/** svstat: how services are. */
import type { Resident } from "../../chain/chain.ts";
import { joined, posix, workingDirectory } from "../../posix/index.ts";
import { isTerminal } from "../../posix/terminal.ts";
import { historyOf, reportOn } from "../../supervise/report.ts";
import { statusLine } from "../../supervise/status-line.ts";
import { asJson, asTable, type Row } from "../../supervise/svstat-forms.ts";
import { Visits } from "../../supervise/visits.ts";
import { explain } from "../../supervise/why.ts";
import { namesOf } from "./service-names.ts";
import { asResident, print } from "./tool.ts";

const HELP = `Usage: svstat DIR…
       svstat --table|--json|--why [DIR…]

Prints a line for each service directory: is it up or down, and for how long. A name that is not here is
looked for in $SERVICE_DIR, else in /service; '*', '?' and '[…]' match names.

  --table   columns, with deaths in the last minute and hour, and the last one; what is flapping is red
  --json    a list of objects: docs/commands/svstat.md
  --why     in words: how it is, whether it is flapping, how it last died

These three take all services of $SERVICE_DIR where no DIR is given.
`;

const STDOUT = 1;

/** One of the new forms, for all rows. */
type Form = (rows: readonly Row[]) => string[];

const FORMS: Readonly<Record<string, Form>> = {
  "--table": (rows) => asTable(rows, { nowNanos: posix.now(), colours: isTerminal(STDOUT) }),
  "--json": (rows) => ["[", rows.map((row) => JSON.stringify(asJson(row))).join(",\n"), "]"],
  "--why": (rows) =>
    rows.flatMap(({ directory, report, history }) => [
      `${directory}:`,
      ...explain(report, history, posix.now()).map((sentence) => `  ${sentence}`),
    ]),
};

export const svstat: Resident = asResident({
  name: "svstat",
  help: HELP,
  run: (words, { environment }) => {
    const names = namesOf(environment);
    const visits = new Visits(posix, workingDirectory);
    const form = FORMS[String(words[0])];
    if (form === undefined) {
      for (const directory of words.flatMap((word) => names.resolve(word))) {
        print(joined([directory, ": ", statusLine(reportOn(visits, directory)), "\n"]));
      }
      return 0;
    }
    const given = words.slice(1);
    const directories = given.length === 0 ? names.all() : given.flatMap((w) => names.resolve(w));
    const rows = directories.map((directory) => ({
      directory: directory.toString(),
      report: reportOn(visits, directory),
      history: historyOf(visits, directory),
    }));
    print(Buffer.from(`${form(rows).join("\n")}\n`));
    return 0;
  },
});
