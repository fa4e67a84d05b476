/** The program of the thread that starts programs (see spawner.ts): it does nothing else, and never ends by itself. */
import { ignoring, SystemFailure } from "./failure.ts";
import { files } from "./files.ts";
import { bind, call } from "./libc.ts";
import { openPidfd } from "./pidfd.ts";
import { closeOnExec, prepareSpawn, type Spawned, type SpawnSettings } from "./spawn-call.ts";
import { IDLE, NOT_READY, PREPARING, SpawnRequest, UNABLE } from "./spawn-request.ts";
import type { SpawnerData } from "./spawner.ts";
import { threadData } from "./thread.ts";
import type { Fd } from "./types.ts";

const SYS_CLOSE_RANGE = 436;
const SYS_PIDFD_GETFD = 438;
const CLOSE_RANGE_UNSHARE = 2;
/** A number that no descriptor has. */
const BEYOND = 0xffff_fffe;
const UNSIGNED = "unsigned int";
const NOBODYS: Fd = 0x7fff_fffe;

const syscall = bind("int64_t syscall(int64_t number, ...)");

const { memory, inherited } = threadData() as SpawnerData;
const request = new SpawnRequest(memory);
if (request.exchange(NOT_READY, PREPARING)) serveAll();

function serveAll(): void {
  try {
    const ourselves = leaveTable();
    request.enter(IDLE);
    for (;;) {
      request.waitWhile(IDLE);
      request.spawned = serve(ourselves);
      request.enter(IDLE);
    }
  } catch (failure) {
    request.enter(UNABLE);
    if (!(failure instanceof SystemFailure)) throw failure;
  }
}

/** From here on, what other threads open and close is not seen here. @returns the process, for `fetch` */
function leaveTable(): Fd {
  // Nothing is closed. Unlike unshare(2), containers let everybody have this.
  call("close_range", undefined, () =>
    syscall(SYS_CLOSE_RANGE, UNSIGNED, BEYOND, UNSIGNED, BEYOND, UNSIGNED, CLOSE_RANGE_UNSHARE),
  );
  closeOnExec(inherited);
  const ourselves = call("pidfd_open", undefined, () => openPidfd(process.pid));
  // Whether it may be used is known now, and not at the first service.
  ignoring(["EBADF"], () => fetch(ourselves, NOBODYS));
  return ourselves;
}

/** A copy of a descriptor of the process, close-on-exec. @throws SystemFailure */
function fetch(ourselves: Fd, fd: Fd): Fd {
  return call("pidfd_getfd", undefined, () =>
    syscall(SYS_PIDFD_GETFD, "int", ourselves, "int", fd, UNSIGNED, 0),
  );
}

/** @returns undefined where it could not be prepared */
function serve(ourselves: Fd): Spawned | undefined {
  const { strings, settings } = request.read();
  const copies = new Map<Fd, Fd>();
  const copyOf = (fd: Fd): Fd => {
    const copy = copies.get(fd) ?? fetch(ourselves, fd);
    copies.set(fd, copy);
    return copy;
  };
  try {
    const prepared = prepareSpawn(withCopies(settings, copyOf));
    try {
      return prepared.make(strings);
    } finally {
      prepared.free();
    }
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    // Under the limits of the program, which are ours for the moment, there may be no room for a copy.
    return undefined;
  } finally {
    for (const copy of copies.values()) files.close(copy);
  }
}

function withCopies(settings: SpawnSettings, copyOf: (fd: Fd) => Fd): SpawnSettings {
  const { directory, descriptors } = settings;
  return {
    ...settings,
    directory: directory === undefined ? undefined : copyOf(directory),
    descriptors: new Map([...descriptors].map(([target, fd]) => [target, copyOf(fd)])),
  };
}
