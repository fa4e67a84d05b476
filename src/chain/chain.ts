/**
 * The chain: a command changes one thing about the process and names the next program.
 *
 * A *link* (`Link`) is such a command as a function: given its words and the state in which the next
 * program is to find the process, it answers the next program's words and the state, changed; or it
 * ends the chain by throwing `End`, with a message and an exit code. What the kernel keeps for a
 * process and Node can live with (ids, session, working directory, open locks) a link changes at once,
 * by the `System` that it is given. What Node cannot live with, or has a place of its own for,
 * stays in the state until the very last moment: environment, soft limits, numbers of descriptors.
 *
 * A *resident* (`Resident`) is a command that stays: multilog, or one that starts the next program
 * beside itself. It is called when the process has been made what it would be had it been started anew
 * (src/posix/settle.ts), and answers its exit code. One that starts the next program looks it up with
 * `searchPath(word, state.environment)` and hands the paths, the words and the state's environment
 * to `posix.spawn`; soft limits and descriptors are handed on by posix itself.
 *
 * `runChain` goes from link to link. The next program is searched as the C programs do it, along the PATH
 * of the environment that the link itself was given. Where it is one of our own commands (a file of
 * dist/bin), the chain goes on in the same process, with the same visible result; else the
 * process becomes the program by execve(2).
 *
 * Words are bytes; the first is the command's own name, as in argv. Nothing here allocates a
 * descriptor that a program could see.
 */
import type {
  Fd,
  Files,
  Identity,
  Resource,
  SoftLimits,
  WorkingDirectory,
} from "../posix/types.ts";

export type Words = readonly Buffer[];

/** What the next program is to find, as far as it is not yet so. Never changed in place. */
export interface State {
  /** Strings `NAME=VALUE`, or whatever else stood there, in order. */
  readonly environment: readonly Buffer[];
  /** Soft limits; the hard ones are changed at once. */
  readonly softLimits: SoftLimits;
  /** Descriptors of ours, by the numbers under which the next program finds them. */
  readonly descriptors: ReadonlyMap<Fd, Fd>;
}

/** The parts of the system that links use. */
export interface System extends Files, Identity, WorkingDirectory {
  /** The descriptors that the caller had open. */
  readonly inherited: readonly Fd[];
  getHardLimit(resource: Resource): bigint;
  /** Takes the hard limit away and leaves the soft one; EPERM without privilege. */
  liftHardLimit(resource: Resource): void;
}

export interface Next {
  /** The program and its arguments; at least one word. */
  readonly words: Words;
  readonly state: State;
}

export interface Link {
  readonly kind: "link";
  readonly name: string;
  /** What `--help` says. */
  readonly help: string;
  /** @throws End */
  readonly run: (words: Words, state: State, system: System) => Next;
}

export interface Resident {
  readonly kind: "resident";
  readonly name: string;
  /** What `--help` says; undefined for a command that answers it itself. */
  readonly help: string | undefined;
  /** Answers its exit code. @throws End */
  readonly run: (words: Words, state: State) => Promise<number>;
}

export type Command = Link | Resident;

/** Where our commands are, and how to get at each. */
export interface House {
  /** The directory of the commands, dist/bin, without links. */
  readonly bin: () => string | undefined;
  readonly findCommand: (name: string) => Promise<Command | undefined>;
  readonly version: () => string;
}
