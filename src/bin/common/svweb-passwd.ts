/** svweb passwd: a password for a user. */
import { Fatal, joined, POLL_IN, posix, USAGE } from "../../posix/index.ts";
import { askHidden, isTerminal } from "../../posix/terminal.ts";
import { isUserName, setPassword } from "../../web/index.ts";
import { print, Usage } from "./tool.ts";

const STDIN = 0;
const STDERR = 2;
const SHORTEST = 8;
const LONGEST = 256;
const NEWLINE = 0x0a;

/** @throws Usage, Fatal */
export async function passwd(words: readonly Buffer[]): Promise<number> {
  const [file, name, ...more] = words.map(String);
  if (file === undefined || name === undefined || more.length > 0)
    throw new Usage("svweb: usage: svweb passwd FILE NAME");
  if (!isUserName(name))
    throw new Usage(
      `svweb: a user's name has no colon and no blank in front, and up to 64 letters`,
    );
  const password = isTerminal(STDIN) ? await askTwice(name) : readLine();
  if (password.length < SHORTEST || password.length > LONGEST)
    throw refused(`a password has from ${SHORTEST} to ${LONGEST} characters`);
  const what = await setPassword(posix, file, name, password);
  print(Buffer.from(`${file}: ${name} ${what}\n`));
  return 0;
}

async function askTwice(name: string): Promise<string> {
  const questions = [`password for ${name}: `, "once more: "];
  const answers = await askHidden(STDIN, STDERR, questions);
  if (answers === undefined) throw refused("it was given up: nothing was changed");
  const [first = "", second] = answers;
  if (first !== second) throw refused("the two are not the same: nothing was changed");
  return first;
}

/** The first line of standard input. */
function readLine(): string {
  const bytes = Buffer.alloc(4 * LONGEST + 1);
  let length = 0;
  for (let got = -1; got !== 0 && length < bytes.length; length += got) {
    if (bytes.subarray(0, length).includes(NEWLINE)) break;
    posix.poll(STDIN, POLL_IN, -1);
    got = posix.read(STDIN, bytes, length, bytes.length - length);
  }
  return bytes.toString("utf8", 0, length).split("\n", 1)[0]?.replace(/\r$/, "") ?? "";
}

function refused(words: string): Fatal {
  return new Fatal(USAGE, joined([words]));
}
