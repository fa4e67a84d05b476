/**
 * To whom commands go: `L` turns to the logger of a service, `l` back to the service.
 *
 * daemontools-encore's supervisor can hold both, and is sent the letters as they are. A logger that is
 * a service directory of its own, `DIR/log`, has a supervisor of its own, and is sent its share.
 */
import { AT_CWD, type Posix, unlessRefused } from "../posix/index.ts";

const TO_LOGGER = 0x4c;
const TO_SERVICE = 0x6c;
const LOG = Buffer.from("/log");

export interface Share {
  readonly directory: Buffer;
  readonly bytes: Buffer;
}

export function addressees(posix: Posix, directory: Buffer, bytes: Buffer): Share[] {
  const logger = Buffer.concat([directory, LOG]);
  if (!bytes.includes(TO_LOGGER) || !isSupervised(posix, logger)) return [{ directory, bytes }];
  const shares: { readonly service: number[]; readonly logger: number[] } = {
    service: [],
    logger: [],
  };
  let to: keyof typeof shares = "service";
  for (const byte of bytes) {
    if (byte === TO_LOGGER) to = "logger";
    else if (byte === TO_SERVICE) to = "service";
    else shares[to].push(byte);
  }
  return [
    { directory, bytes: Buffer.from(shares.service) },
    { directory: logger, bytes: Buffer.from(shares.logger) },
  ].filter((share) => share.bytes.length > 0);
}

function isSupervised(posix: Posix, logger: Buffer): boolean {
  const control = Buffer.concat([logger, Buffer.from("/supervise/control")]);
  return unlessRefused(() => posix.statusAt(AT_CWD, control)) !== undefined;
}
