/** Who is at the other end of a connection. */
import type { Socket } from "node:net";
import { ignoring, sockets } from "../../posix/index.ts";

/** What Node keeps to itself: the descriptor. */
interface Handled {
  readonly _handle?: { readonly fd?: number } | null;
}

const names = new WeakMap<Socket, string>();

/** Its address; of a unix socket `uid N`. Asked once: a connection that is gone is not forgotten before its record. */
export function peerOf(socket: Socket): string {
  const known = names.get(socket);
  if (known !== undefined) return known;
  const address = socket.remoteAddress?.replace(/^::ffff:(?=[0-9.]+$)/, "") ?? localUser(socket);
  names.set(socket, address);
  return address;
}

function localUser(socket: Socket): string {
  const fd = (socket as Handled)._handle?.fd;
  const uid =
    fd === undefined || fd < 0
      ? undefined
      : ignoring(["ENOPROTOOPT", "EBADF", "ENOTSOCK"], () => sockets.peerUser(fd));
  return uid === undefined ? "a local user" : `uid ${uid}`;
}
