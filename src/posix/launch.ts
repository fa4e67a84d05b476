/**
 * What the launcher (scripts/launcher.sh) recorded before Node started, and the arguments as bytes.
 */
import fs from "node:fs";
import type { Fd } from "./types.ts";

const PREFIX = "--launch=";
/** What a caller has open who says nothing else: also where no /dev/fd tells the launcher. */
const STANDARD: readonly Fd[] = [0, 1, 2];

export interface Launch {
  /** The caller's soft limit on descriptors, as `ulimit -Sn` prints it; undefined when not recorded. */
  readonly descriptorLimit: string | undefined;
  /** The descriptors that the caller had open. */
  readonly inherited: readonly Fd[];
  /** The signals that the caller ignored, bit n-1 for signal n. */
  readonly ignoredSignals: bigint;
}

/** Reads the record that stands in front of the user's arguments. */
export function readLaunch(argv: readonly string[] = process.argv): Launch {
  const word = argv[2];
  if (!word?.startsWith(PREFIX)) {
    return { descriptorLimit: undefined, inherited: STANDARD, ignoredSignals: 0n };
  }
  const [limit, fds = "", ignored = ""] = word.slice(PREFIX.length).split(":");
  return {
    descriptorLimit: limit,
    inherited: fds === "" ? STANDARD : fds.split(",").map(Number),
    ignoredSignals: BigInt(`0x${ignored || "0"}`),
  };
}

/** The user's arguments, byte for byte where the system tells them, else as Node decoded them. */
export function argumentBytes(): Buffer[] {
  const skipped = process.argv[2]?.startsWith(PREFIX) ? 3 : 2;
  const decoded = process.argv.slice(skipped).map((word) => Buffer.from(word));
  // Only a word with a replacement character can have been changed by decoding.
  if (!decoded.some((word) => word.includes("\ufffd"))) return decoded;
  return rawArguments().slice(-decoded.length);
}

function rawArguments(): Buffer[] {
  let line: Buffer;
  try {
    line = fs.readFileSync("/proc/self/cmdline");
  } catch {
    return process.argv.map((word) => Buffer.from(word));
  }
  const words: Buffer[] = [];
  for (let at = 0; at < line.length; ) {
    const end = line.indexOf(0, at);
    words.push(line.subarray(at, end));
    at = end + 1;
  }
  return words;
}
