/**
 * readproctitle: the last bytes of its input stand in its line of `ps` (daemontools 0.76,
 * readproctitle.c).
 */
import { SystemFailure } from "../posix/failure.ts";
import { files } from "../posix/files.ts";
import { readLaunch } from "../posix/launch.ts";
import { POLL_IN, pipes } from "../posix/pipes.ts";
import { Title } from "../posix/title.ts";
import type { Resident, Words } from "./chain.ts";
import { SYSTEM_TROUBLE, USAGE } from "./end.ts";

const NAME = "readproctitle";
const HELP = `Usage: readproctitle WORD… DOTS

Reads standard input and shows the last bytes of it in the output of ps, in place of DOTS, as many as there are
of these. The first three dots stay.
`;
const STDIN = 0;
const SHORTEST = 5;
const DOT = 0x2e;
const FIXED_DOTS = 3;
const INPUT_BYTES = 65_536;

export const readproctitle: Resident = { kind: "resident", name: NAME, help: HELP, run };

/** The bytes that stand in place of the dots. */
export class LastBytes {
  readonly bytes: Buffer;

  /** @param length  at least SHORTEST */
  constructor(length: number) {
    this.bytes = Buffer.alloc(length, DOT);
  }

  /** Moves the bytes along for those of `input`, without its NULs. */
  take(input: Uint8Array): void {
    const room = this.bytes.length - FIXED_DOTS;
    const fresh = input.includes(0) ? input.filter((byte) => byte !== 0) : input;
    const kept = Math.max(0, room - fresh.length);
    this.bytes.copyWithin(FIXED_DOTS, this.bytes.length - kept);
    this.bytes.set(fresh.subarray(Math.max(0, fresh.length - room)), FIXED_DOTS + kept);
  }
}

async function run(words: Words): Promise<number> {
  const dots = words.at(-1);
  if (words.length < 2 || dots === undefined || dots.length < SHORTEST) return USAGE;
  // Node has /dev/null there where the caller had nothing.
  if (!readLaunch().inherited.includes(STDIN)) return SYSTEM_TROUBLE;
  const last = new LastBytes(dots.length);
  const before = words.slice(0, -1);
  const title = new Title([...before, last.bytes]);
  const at = before.reduce((sum, word) => sum + word.length + 1, 0);
  const input = Buffer.alloc(INPUT_BYTES);
  for (;;) {
    const length = readSome(input);
    if (length <= 0) return length === 0 ? 0 : SYSTEM_TROUBLE;
    last.take(input.subarray(0, length));
    title.write(last.bytes, at);
  }
}

/** @returns 0 at the end of the input, -1 when it cannot be read */
function readSome(input: Buffer): number {
  for (;;) {
    try {
      return files.read(STDIN, input, 0, input.length);
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      if (failure.code !== "EAGAIN") return -1;
      pipes.poll(STDIN, POLL_IN, -1);
    }
  }
}
