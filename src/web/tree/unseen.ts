/** What cannot be seen of a tree: because of what it is, or for want of something of our own. */
import { SystemFailure } from "../../posix/index.ts";

/** Descriptors and memory: such a failure says nothing of what was looked at. */
const SHORTAGES = ["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS"];

export function isShortage(failure: unknown): boolean {
  return failure instanceof SystemFailure && SHORTAGES.includes(failure.code);
}

/** @returns undefined where there is nothing to be seen. @throws SystemFailure of a shortage */
export function unlessUnseen<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (failure) {
    if (failure instanceof SystemFailure && !isShortage(failure)) return undefined;
    throw failure;
  }
}
