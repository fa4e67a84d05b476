/**
 * The socket on which the server listens.
 *
 * It is Node's, not one of posix: its HTTP server makes its own. A unix socket is there from its first moment
 * with the mode that it is to have: Node binds it before `listen` returns, under a umask of ours.
 */
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  AT_CWD,
  causeText,
  errnoText,
  Fatal,
  type Fd,
  ignoring,
  isSocket,
  joined,
  orFatal,
  type Posix,
  SYSTEM_TROUBLE,
  sockets,
  USAGE,
  withUmask,
} from "../../posix/index.ts";

/** Where a server listens: an address and a port (0: any that is free), or the path of a unix socket. */
export type Listen = { readonly host: string; readonly port: number } | { readonly path: string };

export interface Listening {
  /** `http://127.0.0.1:9001`, or the path of the socket. */
  readonly address: string;
  /** Takes the path of a unix socket away. */
  remove(): void;
}

/** What every system has room for (struct sockaddr_un). */
const MOST_PATH_BYTES = 103;
const OWNER_ONLY_MASK = 0o177;
/** How long somebody else may hold the directory: who starts there as well needs no second of it. */
const LONGEST_LOCKED_MS = 3000;
const LOOK_MS = 50;

/** @throws Fatal */
export async function listen(posix: Posix, server: Server, place: Listen): Promise<Listening> {
  if ("path" in place) return listenAtPath(posix, server, place.path);
  const { host, port } = place;
  const shown = host.includes(":") ? `[${host}]` : host;
  server.listen({ host, port });
  await started(server, `${shown}:${port}`);
  const found = server.address() as AddressInfo;
  return { address: `http://${shown}:${found.port}`, remove: () => undefined };
}

async function listenAtPath(posix: Posix, server: Server, path: string): Promise<Listening> {
  const directory = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
  const holder = orFatal(["open directory ", directory], () =>
    posix.openAt(AT_CWD, directory, "directory"),
  );
  try {
    // Two that start at once look one after the other.
    await lock(posix, holder, directory);
    clear(posix, path);
    // When it ends, Node removes the name under which it began, whose socket ever that is by then.
    const born = `${directory}/.${process.pid}`;
    expectFitting(path, born);
    clear(posix, born);
    withUmask(OWNER_ONLY_MASK, () => server.listen({ path: born }));
    await started(server, path);
    orFatal(["rename ", born], () => posix.renameAt(AT_CWD, born, path));
  } finally {
    posix.close(holder);
  }
  const made = posix.statusAt(AT_CWD, path);
  const remove = (): void => {
    const found = ignoring(["ENOTDIR", "EACCES"], () => posix.statusAt(AT_CWD, path));
    const isOurs = found?.inode === made?.inode && found?.device === made?.device;
    if (isOurs) ignoring(["EACCES", "EPERM", "ENOENT"], () => posix.unlinkAt(AT_CWD, path));
  };
  return { address: path, remove };
}

/** Node would cut what is longer, and say nothing. @throws Fatal */
function expectFitting(path: string, born: string): void {
  const longest = Math.max(Buffer.byteLength(path), Buffer.byteLength(born));
  if (longest <= MOST_PATH_BYTES) return;
  const cure = `a unix socket's has at most ${MOST_PATH_BYTES} bytes`;
  throw new Fatal(USAGE, joined([path, ` is too long: ${cure}`]));
}

/** @throws Fatal where another does not give it up */
async function lock(posix: Posix, holder: Fd, directory: string): Promise<void> {
  const deadline = posix.monotonicMs() + LONGEST_LOCKED_MS;
  while (!orFatal(["lock directory ", directory], () => posix.lock(holder))) {
    if (posix.monotonicMs() >= deadline)
      throw new Fatal(
        SYSTEM_TROUBLE,
        joined([directory, " is locked by another program: end that, or choose another directory"]),
      );
    await posix.sleep(LOOK_MS);
  }
}

/** Removes what a server that is gone has left. @throws Fatal where somebody answers, or it is no socket */
function clear(posix: Posix, path: string): void {
  const status = orFatal(["look at ", path], () => posix.statusAt(AT_CWD, path));
  if (status === undefined) return;
  if (!isSocket(status))
    throw new Fatal(
      USAGE,
      joined([path, " is there and is no socket: give another path, or remove it"]),
    );
  if (orFatal(["connect to ", path], () => sockets.isAnswered(path))) throw inUse(path);
  orFatal(["remove ", path], () => posix.unlinkAt(AT_CWD, path));
}

async function started(server: Server, place: string): Promise<void> {
  try {
    await once(server, "listening");
  } catch (failure) {
    const code = (failure as NodeJS.ErrnoException).code ?? "";
    if (code === "EADDRINUSE") throw inUse(place);
    const cause = code === "" ? causeText(failure) : errnoText(code);
    throw new Fatal(SYSTEM_TROUBLE, joined(["unable to listen on ", place, ": ", cause]));
  }
}

function inUse(place: string): Fatal {
  const cure =
    "another svweb may run there: stop it, or choose another place with --listen or --socket";
  return new Fatal(SYSTEM_TROUBLE, joined([place, " is in use: ", cure]));
}
