/** Log directories made by hand, and svlog run on them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { labelText } from "../../src/inspect/label-key.ts";
import { ours } from "../support/commands.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

/** 2026-11-20 12:00:00 UTC. */
export const NOON: number = 1_795_176_000;

export const label = (seconds: number, nanos: number = 0): string =>
  labelText(NOON + 10 + seconds, nanos);
export const line = (seconds: number, text: string): string => `${label(seconds)} ${text}\n`;
/** A line a second from `from` up to, and not, `to`. */
export const lines = (from: number, to: number, text: string = "line"): string =>
  Array.from({ length: to - from }, (_, i) => line(from + i, `${text} ${from + i}`)).join("");

export class Ground {
  readonly cwd: string;

  constructor(scope: Scope) {
    this.cwd = temporaryDirectory(scope);
  }

  /** Files of a log directory, by name; `@`-names are those of seconds. */
  log(directory: string, files: Record<string, string | Buffer>): void {
    fs.mkdirSync(join(this.cwd, directory), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      const second = /^@(-?\d+)(\..*)$/.exec(name);
      const path = join(
        this.cwd,
        directory,
        second ? `${label(Number(second[1]))}${second[2]}` : name,
      );
      fs.writeFileSync(path, text, { mode: 0o744 });
    }
  }

  run(args: readonly string[], env: Record<string, string> = {}, uid?: number): Ran {
    const { status, stdout, stderr } = spawnSync(ours("svlog"), args, {
      cwd: this.cwd,
      env: { PATH: "/usr/bin:/bin", TZ: "UTC", ...env },
      maxBuffer: 1 << 28,
      timeout: 30_000,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    return { code: status, out: stdout.toString("latin1"), err: stderr.toString("latin1") };
  }

  /** The output of a run that went well. */
  out(...args: string[]): string {
    const { code, out, err } = this.run(args);
    assert.deepEqual([code, err], [0, ""]);
    return out;
  }
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Without colours. */
export const plain = (out: string): string =>
  out
    .split("\u001b")
    .map((part, i) => (i === 0 ? part : part.slice(part.indexOf("m") + 1)))
    .join("");
/** Line numbers in an output. */
export const numbers = (out: string): number[] =>
  [...out.matchAll(/line (\d+)/g)].map(([, n]) => Number(n));
export const span = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);
