/**
 * What is run beside `run`: `start` before it, `finish` after each of its ends, `stop` when the service has
 * ended for good, and `notify`, for which nobody waits, after each start and end of the others.
 *
 * @see s6, finish; daemontools-encore 1.11, start, stop, notify
 */
import { type Ending, type Name, SystemFailure, unableTo, type Words } from "../posix/index.ts";
import { signalNumber } from "../posix/signals.ts";
import { finishScript, type Script } from "./programs.ts";
import { type ProcessMeans, ScriptProcess } from "./script-process.ts";
import type { Event } from "./service.ts";

export interface ScriptsMeans extends ProcessMeans {
  /** The service directory, as messages name it. */
  readonly directory: Name;
  readonly warn: (words: Words) => void;
  /** Deals with an event. */
  readonly tell: (event: Event) => void;
  /** Is called before a script is started that is waited for. */
  readonly beforeStart: () => void;
  /** Is told of what can only be a fault of our own. */
  readonly fail: (fault: unknown) => void;
}

export class Scripts {
  /** The one that runs. */
  readonly process: ScriptProcess;
  private readonly means: ScriptsMeans;
  /** A command has told it to end. */
  private asked = false;

  constructor(means: ScriptsMeans) {
    this.means = means;
    this.process = new ScriptProcess(means);
  }

  /** It is to end, as a command asked. */
  ask(): void {
    this.asked = true;
  }

  /** Runs `start`; tells `began`, `refused` or `brokenOff`. */
  begin(): void {
    const { warn, directory } = this.means;
    this.run("start", (ending) => {
      if (ending?.code === 0) return "began";
      if (this.asked || ending === undefined) return "brokenOff";
      warn([directory, `/start ${howItEnded(ending)}: run is not started`]);
      return "refused";
    });
  }

  /** Runs `stop`; tells `stopped`. */
  undo(): void {
    this.run("stop", () => "stopped");
  }

  /**
   * Runs `finish`.
   *
   * @param last  how `run` ended, and the process id that it had
   * @param outcome  what its exit code means; undefined: there is none
   */
  finish(
    { ending, pid }: { readonly ending: Ending; readonly pid: number },
    outcome: (code: number | undefined) => Event,
  ): void {
    const { directory, settings, beforeStart } = this.means;
    const script = finishScript(ending, directory, pid);
    const end = this.attempt(script, () => this.process.start(script, beforeStart));
    if (end === undefined) return this.means.tell(outcome(undefined));
    this.process.commanded.allow(settings.finishMs, () => this.means.tell("finishDue"));
    this.follow(end, ({ code }) => outcome(code));
  }

  killFinish(): void {
    const { warn, directory } = this.means;
    warn([directory, "/finish has not ended in its time (timeout-finish): killed"]);
    this.process.commanded.kill(() => this.means.tell("finishDue"));
  }

  /** Runs `notify` for a start of a program of the service. */
  notifyStart(name: Name, pid: number): void {
    this.notify(name, "start", pid, 0);
  }

  /** Runs `notify` for the end of one. */
  notifyEnd(name: Name, pid: number, { code, signal }: Ending): void {
    if (code !== undefined) this.notify(name, "exit", pid, code);
    else this.notify(name, "killed", pid, signalNumber(signal ?? ""));
  }

  /** @param outcome  what its end means; undefined: it could not be started */
  private run(name: "start" | "stop", outcome: (ending: Ending | undefined) => Event): void {
    const { process, means } = this;
    this.asked = false;
    let couldStart = true;
    const end = this.attempt(
      { name, words: [] },
      () => process.start({ name, words: [] }, means.beforeStart),
      () => {
        couldStart = false;
      },
    );
    if (end === undefined)
      return means.tell(outcome(couldStart ? { code: 0, signal: undefined } : undefined));
    const { pid } = process;
    this.notifyStart(name, pid);
    this.follow(end, (ending) => {
      this.notifyEnd(name, pid, ending);
      return outcome(ending);
    });
  }

  private notify(name: Name, what: string, pid: number, code: number): void {
    const { posix, programs, fail } = this.means;
    const script: Script = { name: "notify", words: [name, what, String(pid), String(code)] };
    const started = this.attempt(script, () => programs.startScript(script));
    if (started !== undefined) posix.ended(started).catch(fail);
  }

  private follow(end: Promise<Ending>, outcome: (ending: Ending) => Event): void {
    end.then((ending) => this.means.tell(outcome(ending))).catch(this.means.fail);
  }

  /** @returns undefined when there is no such script, or it could not be started, which is said */
  private attempt<T>(
    script: Script,
    action: () => T,
    onFailure: () => void = nothing,
  ): T | undefined {
    const { directory, warn } = this.means;
    try {
      return action();
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      warn([unableTo(["start ", directory, `/${script.name}`], failure)]);
      onFailure();
      return undefined;
    }
  }
}

function howItEnded({ code, signal }: Ending): string {
  return code === undefined ? `was killed by ${signal}` : `has ended with exit code ${code}`;
}

function nothing(): void {
  // There is none, or it is said.
}
