/** A tree of services under a real svscan, theirs or ours. */
import fs from "node:fs";
import { join } from "node:path";
import { decodeStatus, type ReadStatus } from "../../../src/supervise/status.ts";
import { ours } from "../../support/commands.ts";
import { type Ending, Running } from "../../support/running.ts";
import { type Scope, temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";
import { type Family, makeService, program } from "./supervised.ts";

export const SLEEPER = "#!/bin/sh\nexec sleep 100\n";
export const COPIER = "#!/bin/sh\nexec cat >>copied\n";

export class Scanned {
  /** The scan directory. */
  readonly tree: string;
  readonly running: Running;
  /** Who made a scan directory that others were given as well. */
  private static readonly makers = new Map<string, Scanned>();
  private readonly heirs: Scanned[] = [];

  /**
   * @param who  `boot`: our svscanboot
   * @param services  the files of each service directory, by its name; of its logger, by NAME/log
   * @param tree  a scan directory that is there already
   * @param through  a script of sh that begins svscan, as `"$0" "$@"`
   */
  constructor(
    scope: Scope,
    who: Family | "boot",
    services: Readonly<Record<string, Readonly<Record<string, string>>>>,
    {
      args = [],
      tree,
      through = 'exec "$0" "$@"',
    }: {
      readonly args?: readonly string[];
      readonly tree?: string;
      readonly through?: string;
    } = {},
  ) {
    // Before the directory goes: what runs on would put files into it.
    scope.after(() => this.killAll());
    const outside = temporaryDirectory(scope);
    this.tree = tree ?? join(outside, "service");
    if (tree === undefined) Scanned.makers.set(this.tree, this);
    else Scanned.makers.get(tree)?.heirs.push(this);
    fs.mkdirSync(this.tree, { recursive: true });
    for (const [name, files] of Object.entries(services)) this.add(name, files);
    // The C svscan finds the C supervise.
    const path = who === "C" ? "/usr/bin:/bin" : `${ours("")}:/usr/bin:/bin`;
    const env = { PATH: path, TZ: "UTC", SERVICE_DIR: this.tree };
    const command =
      who === "boot" ? [ours("svscanboot")] : [program(who, "svscan"), ...args, this.tree];
    // A session, and so a process group of its own: whatever goes wrong, nothing of it is left.
    const words = ["/bin/sh", "-c", through, ...command];
    this.running = new Running(scope, "/usr/bin/setsid", words, { cwd: outside, env });
  }

  add(name: string, files: Readonly<Record<string, string>>): void {
    // All of it at once, as the how-to says.
    const place = join(this.tree, name);
    const made = name.includes("/") ? place : join(this.tree, `.${name.slice(0, 200)}.new`);
    makeService(made, files);
    if (made !== place) fs.renameSync(made, place);
  }

  path(name: string): string {
    return join(this.tree, name);
  }

  status(name: string): ReadStatus | undefined {
    const file = join(this.tree, name, "supervise/status");
    return fs.existsSync(file) ? decodeStatus(fs.readFileSync(file)) : undefined;
  }

  text(name: string): string {
    const file = this.path(name);
    return fs.existsSync(file) ? fs.readFileSync(file, "latin1") : "";
  }

  /** Resolves with the process id of a service that is up, other than `before`. */
  async isUp(name: string, before: number = 0): Promise<number> {
    let pid = 0;
    await until(`${name} to be up; ${this.running.stderr}`, () => {
      pid = this.status(name)?.pid ?? 0;
      return pid !== 0 && pid !== before;
    });
    return pid;
  }

  /** The lines on stderr, each once. */
  get said(): string[] {
    return [...new Set(this.running.stderr.split("\n").slice(0, -1))].sort();
  }

  /** Who was started in the tree and still runs; a zombie would be found as well. */
  get family(): string[] {
    return fs.readdirSync("/proc").filter((pid) => {
      if (!/^\d+$/.test(pid) || Number(pid) === this.running.pid) return false;
      try {
        const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
        const session = stat.slice(stat.lastIndexOf(") ") + 2).split(" ")[3];
        return session === String(this.running.pid);
      } catch {
        // Gone.
        return false;
      }
    });
  }

  /** Numbers of the descriptors that svscan has open. */
  get descriptors(): number {
    return fs.readdirSync(`/proc/${this.running.pid}/fd`).length;
  }

  private killAll(): void {
    for (const heir of this.heirs) heir.killAll();
    try {
      process.kill(-this.running.pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  stop(): Promise<Ending> {
    return this.running.stop("SIGTERM");
  }
}
