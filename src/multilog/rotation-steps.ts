/**
 * The steps of a rotation in the background, in their order, and what each says when it fails.
 */
import type { SystemFailure, Words } from "../posix/index.ts";

export type RotationStep =
  | "sync previous"
  | "sync entries"
  | "mark previous"
  | "process"
  | "sync processed"
  | "sync newstate"
  | "remove previous"
  | "keep state"
  | "link processed"
  | "remove processed"
  | "link previous"
  | "prune"
  | "sync archive";

/** Without a processor. */
export const PLAIN: readonly RotationStep[] = [
  "sync previous",
  "sync entries",
  "mark previous",
  "link previous",
  "remove previous",
  "prune",
  "sync archive",
];

/** With one. */
export const PROCESSED: readonly RotationStep[] = [
  "sync previous",
  "sync entries",
  "mark previous",
  "process",
  "sync processed",
  "sync newstate",
  "remove previous",
  "keep state",
  "link processed",
  "remove processed",
  "prune",
  "sync archive",
];

/** The C program's words where it has the step. */
export function complaintOf(step: RotationStep, path: Uint8Array, failure: SystemFailure): Words {
  switch (step) {
    case "sync previous":
      return ["write ", path, "/current to disk"];
    case "sync entries":
    case "sync archive":
      return ["write ", path, " to disk"];
    case "mark previous":
      return ["set mode of ", path, "/previous"];
    case "process":
      return failure.syscall === "posix_spawn"
        ? ["fork for processor in ", path]
        : ["open ", path, "/", failure.path ?? "", " for processor"];
    case "sync processed":
      if (failure.syscall === "open") return ["create ", path, "/processed"];
      if (failure.syscall === "fchmod") return ["set mode of ", path, "/processed"];
      return ["write ", path, "/processed to disk"];
    case "sync newstate":
      if (failure.syscall === "open") return ["create ", path, "/newstate"];
      return ["write ", path, "/newstate to disk"];
    case "keep state":
      return ["rename newstate to state in directory ", path];
    case "link previous":
    case "link processed":
      return ["link to ", path, "/", failure.path ?? "@"];
    case "remove previous":
      return ["remove ", path, "/previous"];
    case "remove processed":
      return ["remove ", path, "/processed"];
    case "prune":
      return ["read ", path];
  }
}
