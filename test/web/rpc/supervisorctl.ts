/** Debian's supervisorctl, run as people run it. */
import { spawn } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { peer } from "../../support/commands.ts";

export const SUPERVISORCTL: ReturnType<typeof peer> = peer("supervisorctl");

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface ControlOptions {
  readonly user?: string;
  readonly password?: string;
}

export class Control {
  private readonly configuration: string;

  /** @param url  as in `unix:///path` or `http://127.0.0.1:9001` */
  constructor(directory: string, url: string, { user, password }: ControlOptions = {}) {
    this.configuration = join(directory, `ctl-${Control.count++}.conf`);
    const login = user === undefined ? "" : `username=${user}\npassword=${password}\n`;
    fs.writeFileSync(this.configuration, `[supervisorctl]\nserverurl=${url}\n${login}`);
  }

  private static count = 0;

  /** Runs one command to its end. @param input  what is typed */
  run(words: readonly string[], input = ""): Promise<Said> {
    return this.start(words, input).ended;
  }

  /** @param onOutput  is told all that was said so far */
  start(
    words: readonly string[],
    input: string | undefined,
    onOutput: (out: string) => void = () => undefined,
  ): { readonly ended: Promise<Said>; readonly signal: (name: NodeJS.Signals) => void } {
    const child = spawn(SUPERVISORCTL.path, ["-c", this.configuration, ...words], {
      env: { PATH: "/usr/bin:/bin", PYTHONIOENCODING: "utf-8", TZ: "UTC" },
      stdio: "pipe",
      timeout: 60_000,
    });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (piece: string) => onOutput((out += piece)));
    child.stderr.setEncoding("utf8").on("data", (piece: string) => (err += piece));
    if (input !== undefined) child.stdin.end(input);
    const ended = new Promise<Said>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, out, err }));
    });
    return { ended, signal: (name) => void child.kill(name) };
  }
}
