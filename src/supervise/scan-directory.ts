/**
 * The directory whose subdirectories are services: `.`, as svscan has entered it.
 *
 * @see daemontools 0.76, svscan.c
 */
import {
  AT_CWD,
  type FileStatus,
  isDirectory,
  type Name,
  type Posix,
  SystemFailure,
  unableTo,
  type Words,
} from "../posix/index.ts";
import { type Loggers, loggersOf } from "./hosted-log.ts";

const DOT = 0x2e;

export interface Found {
  readonly name: Buffer;
  /** The directory itself, under whichever name. */
  readonly identity: string;
}

export class ScanDirectory {
  private readonly posix: Posix;
  private readonly warn: (line: Buffer) => void;

  constructor(posix: Posix, warn: (line: Buffer) => void) {
    this.posix = posix;
    this.warn = warn;
  }

  /**
   * @returns the services that are there; undefined when that cannot be found out. A directory with two
   *   names comes twice.
   */
  find(): Found[] | undefined {
    const names = this.attempt(["read directory"], () => this.posix.list(AT_CWD));
    return names?.filter((name) => name[0] !== DOT).flatMap((name) => this.identify(name));
  }

  private identify(name: Buffer): Found[] {
    const status = this.attempt(["stat ", name], () => this.stat(name));
    if (status === undefined || !isDirectory(status)) return [];
    return [{ name, identity: `${status.device}:${status.inode}` }];
  }

  /** The loggers of a service, by their folders. @returns undefined when it cannot be told */
  findLoggers(name: Name): Loggers | undefined {
    return this.attempt(["stat ", name, "/log"], () => loggersOf(this.posix, name));
  }

  private stat(name: Name): FileStatus {
    const status = this.posix.statusAt(AT_CWD, name);
    if (status === undefined) throw new SystemFailure("ENOENT", "stat", name);
    return status;
  }

  private attempt<T>(words: Words, action: () => T): T | undefined {
    try {
      return action();
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      this.warn(unableTo(words, failure));
      return undefined;
    }
  }
}
