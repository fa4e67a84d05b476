/** Who is at the other end of a connection. */
import type { Socket } from "node:net";
import { ignoring, sockets } from "../../posix/index.ts";

/** What Node keeps to itself: the descriptor. */
interface Handled {
  readonly _handle?: { readonly fd?: number } | null;
}

const NOBODY = "a local user";
const names = new WeakMap<Socket, string>();

/**
 * Asks who has connected, once, and at once: the system does not tell of a connection that is gone, and what came
 * by it is recorded all the same.
 *
 * @param isLocal  it came by a unix socket
 * @returns false where it is gone already, and nobody will ever know
 */
export function meet(socket: Socket, isLocal: boolean): boolean {
  const name = isLocal
    ? localUser(socket)
    : socket.remoteAddress?.replace(/^::ffff:(?=[0-9.]+$)/, "");
  if (name !== undefined) names.set(socket, name);
  return name !== undefined;
}

/** The address of one that was met; of a unix socket `uid N`. */
export function peerOf(socket: Socket): string {
  return names.get(socket) ?? NOBODY;
}

function localUser(socket: Socket): string {
  const fd = (socket as Handled)._handle?.fd;
  const uid =
    fd === undefined || fd < 0
      ? undefined
      : ignoring(["ENOPROTOOPT", "EBADF", "ENOTSOCK"], () => sockets.peerUser(fd));
  // Of whom the kernel has no credentials it says -1.
  return uid === undefined || uid < 0 ? NOBODY : `uid ${uid}`;
}
