/**
 * What the launcher (scripts/launcher.sh) recorded before Node started, and the arguments as bytes.
 */
import fs from "node:fs";
import type { Fd, Name, Resource, SoftLimits } from "./types.ts";

const PREFIX = "--launch=";
/** What a caller has open who says nothing else: also where no /dev/fd tells the launcher. */
const STANDARD: readonly Fd[] = [0, 1, 2];
const REPLACED: unique symbol = Symbol.for("timberline: launch");

export interface Launch {
  /** The caller's soft limit on descriptors, as `ulimit -Sn` prints it; undefined when not recorded. */
  readonly descriptorLimit: string | undefined;
  /** The descriptors that the caller had open. */
  readonly inherited: readonly Fd[];
  /** The signals that the caller ignored, bit n-1 for signal n. */
  readonly ignoredSignals: bigint;
  /** The signals that the caller blocked, as far as the launcher's shell has left them so. */
  readonly blockedSignals: bigint;
  /** Soft limits that this process cannot live under, and that what it starts is to have. */
  readonly heldLimits: SoftLimits;
  /** Strings NAME=VALUE for what this process starts; its own when undefined. */
  readonly environment: readonly Name[] | undefined;
}

/** Where a replaced record stands: two bundles of this room in one process see the same. */
const shared = globalThis as { [REPLACED]?: Launch };

/** From here on this process counts as started like that: a chain went on to it in the same process. */
export function replaceLaunch(launch: Launch): void {
  shared[REPLACED] = launch;
}

/** The record that stands in front of the user's arguments, unless it was replaced. */
export function readLaunch(argv?: readonly string[]): Launch {
  const replaced = shared[REPLACED];
  if (replaced !== undefined && argv === undefined) return replaced;
  const [limit, fds = "", ignored, blocked, , held = ""] = fields(argv ?? process.argv) ?? [];
  return {
    descriptorLimit: limit || undefined,
    // Nothing: the system does not tell. `none`: it does, and those behind it are all.
    inherited: fds === "" ? STANDARD : fds.split(",").slice(1).map(Number),
    ignoredSignals: BigInt(`0x${ignored || "0"}`),
    blockedSignals: BigInt(`0x${blocked || "0"}`),
    heldLimits: readLimitList(held),
    environment: undefined,
  };
}

function fields(argv: readonly string[]): string[] | undefined {
  const word = argv[2];
  return word?.startsWith(PREFIX) ? word.slice(PREFIX.length).split(":") : undefined;
}

/** Reads `RESOURCE=BYTES,…`, as the launcher and `limited` write it. */
export function readLimitList(list: string): SoftLimits {
  const entries = list === "" ? [] : list.split(",").map((entry) => entry.split("="));
  return new Map(entries.map(([resource, soft = "0"]) => [resource as Resource, BigInt(soft)]));
}

/** The bytes of an environment that one variable carries in base64: the kernel takes no longer string. */
const PIECE_BYTES = 72 * 1024;

/**
 * Writes a record as the launcher would, for a Node that this one starts.
 *
 * @returns the word for `readLaunch`, and the variables for that Node, which carry `environment`
 */
export function recordWords(
  launch: Launch,
  environment: readonly Name[],
): { readonly word: string; readonly variables: readonly string[] } {
  const block = Buffer.concat(environment.flatMap((text) => [Buffer.from(text), Buffer.alloc(1)]));
  const pieces: string[] = [];
  for (let at = 0; at < block.length; at += PIECE_BYTES) {
    const piece = block.toString("base64", at, at + PIECE_BYTES);
    pieces.push(`TIMBERLINE_ENVIRONMENT_${pieces.length + 1}=${piece}`);
  }
  const signals = [launch.ignoredSignals, launch.blockedSignals].map((set) => set.toString(16));
  const limit = launch.heldLimits.get("openFiles") ?? launch.descriptorLimit ?? "";
  const fds = ["none", ...launch.inherited].join(",");
  return {
    word: `${PREFIX}${[limit, fds, ...signals, pieces.length].join(":")}`,
    variables: pieces,
  };
}

/**
 * The caller's environment: strings `NAME=VALUE` as the kernel had them, in order, whatever they are.
 * Where the launcher could not hand them over, those that Node has.
 */
export function environmentBytes(): Buffer[] {
  const pieces = fields(process.argv)?.[4];
  if (!pieces) {
    return Object.entries(process.env).map(([name, value]) => Buffer.from(`${name}=${value}`));
  }
  let text = "";
  for (let n = 1; n <= Number(pieces); n++) text += process.env[`TIMBERLINE_ENVIRONMENT_${n}`];
  return splitStrings(Buffer.from(text, "base64"));
}

/** What this process starts finds the caller's environment, byte for byte. */
export function restoreEnvironment(): void {
  replaceLaunch({ ...readLaunch(), environment: environmentBytes() });
}

/** The user's arguments, byte for byte where the system tells them, else as Node decoded them. */
export function argumentBytes(): Buffer[] {
  const skipped = fields(process.argv) === undefined ? 2 : 3;
  const decoded = process.argv.slice(skipped).map((word) => Buffer.from(word));
  // Only a word with a replacement character can have been changed by decoding.
  if (!decoded.some((word) => word.includes("\ufffd"))) return decoded;
  return rawArguments().slice(-decoded.length);
}

function rawArguments(): Buffer[] {
  try {
    return splitStrings(fs.readFileSync("/proc/self/cmdline"));
  } catch {
    return process.argv.map((word) => Buffer.from(word));
  }
}

/** The strings of a block in which a NUL ends each. */
function splitStrings(block: Buffer): Buffer[] {
  const strings: Buffer[] = [];
  for (let at = 0; at < block.length; ) {
    const end = block.indexOf(0, at);
    strings.push(block.subarray(at, end === -1 ? block.length : end));
    at = end === -1 ? block.length : end + 1;
  }
  return strings;
}
