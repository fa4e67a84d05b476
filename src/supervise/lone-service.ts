/**
 * A program under a supervisor and the log of what it says, without a service directory that somebody has
 * written: one place has `supervise/` and, by the `script` in it, the log.
 */
import { type Ending, Fatal, type Fd, type Name, SystemFailure } from "../posix/index.ts";
import { attendHere } from "./attend-here.ts";
import type { Attend, Attendant, Means, Order } from "./attendant.ts";
import { Branch } from "./branch.ts";
import { HostedLogs } from "./hosted-logs.ts";
import type { RunCommand } from "./programs.ts";
import type { News } from "./supervisor.ts";

const STDOUT = 1;
const STDERR = 2;

export interface LoneOptions {
  readonly means: Means;
  /** The directory, as messages name it. */
  readonly place: Name;
  readonly command: RunCommand;
  /** What the program finds; its output and its errors go into the log. */
  readonly descriptors: ReadonlyMap<Fd, Fd>;
  /** It is not started again when it has ended. */
  readonly once: boolean;
  readonly onNews: (news: News) => void;
}

export class LoneService {
  /** Resolves when nothing of it is left: whether program and log could be kept. */
  readonly ended: Promise<boolean>;
  /** How the program ended the last time. */
  lastEnding: Ending | undefined;
  /** Program or log could not be begun, or have come to an end that they should not. */
  hasFailed = false;
  private readonly options: LoneOptions;
  private readonly branch: Branch;
  private hasBegun = false;
  private isStopping = false;
  private resolveEnded: (isWell: boolean) => void = () => undefined;

  /** Starts it. */
  constructor(options: LoneOptions) {
    this.options = options;
    const { means, place, command } = options;
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    const onNews = (news: News): void => {
      if (news.kind === "ended") this.lastEnding = news.ending;
      options.onNews(news);
    };
    const attend = attendHere(means, { command, newSession: true, onNews });
    const { attend: host } = new HostedLogs(means);
    this.branch = new Branch(
      {
        ...means,
        descriptors: options.descriptors,
        attend: (order) => this.attendProgram(attend, order),
        host: (order) => this.hostLog(host, order),
        onEssentialDeath: () => undefined,
        onEnd: () => undefined,
      },
      place,
      new Map([["log", "hosted"]]),
    );
    this.branch.tend(place);
  }

  /** Stops the program, and the log when everything is written. Told again, it does not wait for the slow one. */
  stop(): void {
    if (this.isStopping) return this.branch.hurry();
    this.isStopping = true;
    void this.branch.stop().then(() => this.resolveEnded(!this.hasFailed));
  }

  private attendProgram(attend: Attend, { descriptors, ...order }: Order): Attendant {
    const both = new Map(descriptors).set(STDERR, descriptors.get(STDOUT) ?? STDERR);
    const program = this.orFail(() => attend({ ...order, descriptors: both }));
    this.hasBegun = true;
    if (this.options.once) program.drain();
    // By itself, or told through its FIFO.
    void program.ended.then(() => this.isStopping || this.stop());
    return program;
  }

  private hostLog(host: Attend, order: Order): Attendant {
    if (!this.hasBegun) return NOTHING;
    const log = this.orFail(() => host({ ...order, directory: this.options.place }));
    void log.ended.then(() => this.isStopping || this.fail());
    return log;
  }

  private orFail(begin: () => Attendant): Attendant {
    try {
      return begin();
    } catch (failure) {
      if (failure instanceof Fatal || failure instanceof SystemFailure) this.fail();
      throw failure;
    }
  }

  /** Without its log it does not run, and without it there is nothing to log. */
  private fail(): void {
    this.hasFailed = true;
    // Not within the start of the other half.
    queueMicrotask(() => this.isStopping || this.stop());
  }
}

const nothing = (): void => undefined;
/** Of a program that could not be begun there is nothing to log. */
const NOTHING: Attendant = {
  ended: Promise.resolve(),
  stop: nothing,
  drain: () => false,
  kill: nothing,
  leaveIfRemoved: () => false,
};
