/** A program that is to be started, with all that posix_spawn(3) is given of it. */
import { readLaunch } from "./launch.ts";
import { variable } from "./libc.ts";
import { hinderingLimits, limited } from "./limited.ts";
import { closeOnExec, type SpawnStrings } from "./spawn-call.ts";
import { StringBlock } from "./strings.ts";
import type { Fd, Image, Name, StartOptions } from "./types.ts";

/** What the caller's environment is to C: the same for every program that has no other. */
const environments = new WeakMap<readonly Name[], StringBlock>();

export class StartOrder {
  /** The files to try, in order. */
  readonly paths: readonly Name[];
  private readonly files: readonly StringBlock[];
  private readonly words: StringBlock;
  private readonly given: StringBlock | undefined;
  private readonly environment: bigint;

  /** @throws SystemFailure when there is no such program, as far as can be seen before it is tried */
  constructor(program: Name | readonly Name[], argv: readonly Name[], options: StartOptions) {
    const { paths, argv: words, environment } = imageOf(program, argv, options);
    this.paths = paths;
    this.files = paths.map((path) => new StringBlock([path], "posix_spawn"));
    this.words = new StringBlock(words, "posix_spawn");
    if (environment === undefined) {
      this.environment = BigInt(variable("environ", "uintptr_t") as number | bigint);
    } else if (environment === readLaunch().environment) {
      this.environment = callersEnvironment(environment).table;
    } else {
      this.given = new StringBlock(environment, "posix_spawn");
      this.environment = this.given.table;
    }
    closeOthers(options.descriptors);
  }

  /** Addresses that stay until `release`. @param at  which of the files */
  strings(at: number): SpawnStrings {
    const path = this.files[at]?.first ?? 0n;
    return { path, argv: this.words.table, environment: this.environment };
  }

  /** C was given addresses alone: collected before the call, they would lead to other strings, or none (EFAULT). */
  release(): void {
    for (const block of [...this.files, this.words, this.given]) block?.release();
  }
}

/** Held for as long as the launch is: a thousand services are started with it. */
function callersEnvironment(strings: readonly Name[]): StringBlock {
  const block = environments.get(strings) ?? new StringBlock(strings, "posix_spawn");
  environments.set(strings, block);
  return block;
}

type Started = Omit<Image, "environment"> & { readonly environment: readonly Name[] | undefined };

/** What is started: the program, or what brings it under limits that would hinder us. */
function imageOf(
  program: Name | readonly Name[],
  argv: readonly Name[],
  { environment, descriptors, directory, softLimits, account, ...signals }: StartOptions,
): Started {
  const paths = Array.isArray(program) ? (program as readonly Name[]) : [program as Name];
  const launch = readLaunch();
  const image = { paths, argv, environment: environment ?? launch.environment };
  const limits = new Map([...hinderingLimits(launch.heldLimits), ...(softLimits ?? [])]);
  if (limits.size === 0 && account === undefined) return image;
  const { ignoredSignals = 0n, blockedSignals = 0n } = signals;
  const asCaller = {
    ...launch,
    ignoredSignals,
    blockedSignals,
    inherited: [...descriptors.keys()],
  };
  const last = { limits, account };
  return limited({ ...image, environment: image.environment ?? [] }, last, asCaller, directory);
}

/** What the caller had open and the program is not to have; Node marks only those below the first gap. */
function closeOthers(descriptors: ReadonlyMap<Fd, Fd>): void {
  closeOnExec(readLaunch().inherited.filter((fd) => !descriptors.has(fd)));
}
