/**
 * What `run` alone finds, and none of the scripts beside it:
 *
 *     env/     a variable in each file, as for envdir
 *     limits   soft limits, NAME VALUE in each line
 *     user     the account whose process it is, with all its groups
 *
 * They act in this order. What cannot be used keeps `run` from being started: it is not to run as root
 * where it was to run as somebody else.
 */
import {
  change,
  LIMIT_LETTERS,
  LIMIT_VARIABLES,
  limitValue,
  readVariables,
} from "../chain/index.ts";
import {
  type Account,
  environmentBytes,
  type Fd,
  findAccount,
  firstLine,
  ignoring,
  joined,
  type Name,
  type Posix,
  SystemFailure,
  unableTo,
  type Words,
} from "../posix/index.ts";
import { getExactLimit } from "../posix/limits.ts";
import type { Resource, SoftLimits, StartOptions } from "../posix/types.ts";
import { readSmall } from "./small-file.ts";

const LINE = /^([a-z]+)[ \t]+(=|[0-9]{1,19})$/;

/** Something that `run` is to find cannot be had. */
export class Unusable extends Error {
  override readonly name = "Unusable";
  readonly line: Buffer;

  constructor(line: Buffer) {
    super(line.toString());
    this.line = line;
  }
}

export class Conditions {
  private readonly posix: Posix;
  private readonly dir: Fd;
  private readonly name: Name;
  private readonly environment: readonly Name[] | undefined;

  /**
   * @param dir  the service directory, called `name` in messages
   * @param environment  to which env/ is added; this process's own unless given
   */
  constructor(posix: Posix, dir: Fd, name: Name, environment: readonly Name[] | undefined) {
    this.posix = posix;
    this.dir = dir;
    this.name = name;
    this.environment = environment;
  }

  /** @throws Unusable */
  read(): Pick<StartOptions, "environment" | "softLimits" | "account"> {
    return { environment: this.variables(), softLimits: this.limits(), account: this.account() };
  }

  private variables(): readonly Name[] | undefined {
    const { posix, dir, environment } = this;
    const directory = attempt(["open directory ", ...this.path("env")], () =>
      ignoring(["ENOENT"], () => posix.openAt(dir, "env", "directory")),
    );
    if (directory === undefined) return environment;
    try {
      const before =
        environment?.map((one) => Buffer.from(one as Uint8Array)) ?? environmentBytes();
      return change(before, readVariables(posix, directory, joined(this.path("env")), attempt));
    } finally {
      posix.close(directory);
    }
  }

  private limits(): SoftLimits | undefined {
    const text = this.textOf("limits");
    if (text === undefined) return undefined;
    const limits = new Map<Resource, bigint>();
    for (const line of text.split("\n").map((one) => one.replace(/#.*/, "").trim())) {
      if (line === "") continue;
      const [, name = "", value = ""] = LINE.exec(line) ?? [];
      const letter = LIMIT_VARIABLES.find(([variable]) => variable.toLowerCase() === name)?.[1];
      if (letter === undefined) throw this.invalid("limits", `"${line}" is no limit and its value`);
      for (const resource of LIMIT_LETTERS[letter] ?? [])
        limits.set(resource, limit(value, resource));
    }
    return limits.size === 0 ? undefined : limits;
  }

  private account(): Account | undefined {
    const text = this.textOf("user");
    if (text === undefined) return undefined;
    const name = firstLine(text);
    const account = name === "" ? undefined : findAccount(Buffer.from(name, "latin1"));
    if (account === undefined) throw this.invalid("user", `unknown account ${name}`);
    return account;
  }

  private textOf(file: string): string | undefined {
    return attempt(["read ", ...this.path(file)], () =>
      readSmall(this.posix, this.dir, file)?.toString("latin1"),
    );
  }

  private path(file: string): Words {
    return [this.name, `/${file}`];
  }

  private invalid(file: string, what: string): Unusable {
    return new Unusable(joined([`invalid ${file} in `, this.name, `: ${what}`]));
  }
}

function limit(value: string, resource: Resource): bigint {
  return limitValue(
    value,
    resource,
    {
      getHardLimit: (one) => getExactLimit(one).hard,
      liftHardLimit: () => undefined,
    },
    {
      failed: (cause) => new Unusable(Buffer.from(cause)),
      garbage: () => new Unusable(Buffer.from(value)),
    },
  );
}

function attempt<T>(words: Words, action: () => T): T {
  try {
    return action();
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    throw new Unusable(unableTo(words, failure));
  }
}
