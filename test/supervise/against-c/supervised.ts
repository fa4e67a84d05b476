/** A service under a real supervisor, theirs or ours, and the tools of both. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { decodeStatus, type ReadStatus } from "../../../src/supervise/status.ts";
import { ours, peer } from "../../support/commands.ts";
import { type Ending, Running } from "../../support/running.ts";
import type { Scope } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

const LONGEST_MS = 20_000;

export type Family = "C" | "ours";
export type Tool = "supervise" | "svscan" | "svc" | "svok" | "svstat" | "svup" | "svwait";

export function program(family: Family, name: Tool): string {
  return family === "C" ? peer(name).path : ours(name);
}

/** Why the tests beside the C programs are skipped, or false. */
export const skip: string | false = peer("supervise").skip;

/** Says when it starts, and which signals it hears; TERM and INT end it. */
export const LISTENER = `#!/bin/sh
for name in HUP ALRM USR1 USR2 QUIT WINCH; do trap "echo $name >>log" $name; done
for name in TERM INT; do trap "echo $name >>log; kill \\$s; exit 0" $name; done
echo start >>log
while :; do
  sleep 20 & s=$!
  wait $s
  kill $s
done 2>/dev/null
`;

/** Writes down all that a service finds, but what differs from one process to the next. */
export const PROBE = `#!/bin/sh
exec >found.new 2>&1
pwd -P | sed 's,.*/,,'
tr '\\0' '\\n' </proc/$$/environ
tr '\\0' '\\n' </proc/$$/cmdline
ulimit -Sn; ulimit -Hn; ulimit -c; umask
# Not with a program: while one is started, the shell blocks signals.
while read -r line; do case $line in Sig[BIC]* | Uid*) echo "$line" ;; esac; done </proc/$$/status
for fd in /proc/$$/fd/*; do [ \${fd##*/} -gt 9 ] || echo "\${fd##*/} $(readlink $fd | sed 's,\\[.*,,;s,.*/,,')"; done
mv found.new found
exec sleep 30
`;

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a tool to its end. */
export function ask(
  family: Family,
  name: Tool,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Answer {
  const { cwd, env = {} } = options;
  const { status, stdout, stderr } = spawnSync(program(family, name), args, {
    cwd,
    env: { PATH: "/usr/bin:/bin", ...env },
    encoding: "latin1",
    timeout: LONGEST_MS,
  });
  return { code: status, stdout, stderr };
}

/** Makes a service directory. */
export function makeService(path: string, files: Readonly<Record<string, string>>): void {
  fs.mkdirSync(path, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    fs.writeFileSync(join(path, name), text, { mode: 0o755 });
  }
}

export class Supervised {
  readonly running: Running;
  private readonly path: string;

  /** @param name  the service directory, as it is named to the supervisor, which runs in `cwd` */
  constructor(scope: Scope, family: Family, cwd: string, name: string = "web") {
    this.path = join(cwd, name);
    let seen = 0;
    this.running = new Running(scope, program(family, "supervise"), [name], { cwd });
    // Whatever goes wrong: no service outlives its test.
    const look = setInterval(() => {
      seen = this.status?.pid ?? seen;
    }, 20);
    scope.after(() => {
      clearInterval(look);
      if (seen !== 0 && fs.existsSync(`/proc/${seen}`)) process.kill(seen, "SIGKILL");
    });
  }

  get status(): ReadStatus | undefined {
    const file = join(this.path, "supervise/status");
    return fs.existsSync(file) ? decodeStatus(fs.readFileSync(file)) : undefined;
  }

  /** What the service has written into `log`. */
  get log(): string[] {
    const file = join(this.path, "log");
    return fs.existsSync(file) ? fs.readFileSync(file, "latin1").split("\n").slice(0, -1) : [];
  }

  /** Resolves when the status holds. */
  async becomes(what: string, holds: (status: ReadStatus) => boolean): Promise<ReadStatus> {
    let now: ReadStatus | undefined;
    await until(`${what}; ${this.running.stderr}`, () => {
      now = this.status;
      return now !== undefined && holds(now);
    });
    return now as ReadStatus;
  }

  /** Resolves with the process id of the service that is up, other than `before`. */
  async isUp(before: number = 0): Promise<number> {
    const { pid } = await this.becomes("up", ({ pid: now }) => now !== 0 && now !== before);
    return pid;
  }

  async logs(...lines: string[]): Promise<void> {
    await until(`log ${lines.join(" ")}, not ${this.log.join(" ")}`, () => {
      return this.log.join() === lines.join();
    });
  }

  /** Writes bytes into `control`. */
  write(bytes: string): void {
    const fd = fs.openSync(
      join(this.path, "supervise/control"),
      fs.constants.O_WRONLY | fs.constants.O_NONBLOCK,
    );
    fs.writeSync(fd, bytes, null, "latin1");
    fs.closeSync(fd);
  }

  /** Stops the service, ends the supervisor. */
  async finish(): Promise<Ending> {
    this.write("dx");
    return this.running.ended;
  }
}
