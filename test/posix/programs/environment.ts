/** The environment as the kernel handed it over; of EXECUTE_ENV its own parts. */
import fs from "node:fs";

export function environmentBytes(): Buffer[] {
  const strings = split(fs.readFileSync("/proc/self/environ"), 0);
  const own = strings.find((string) => string.subarray(0, 12).toString() === "EXECUTE_ENV=");
  return own === undefined ? strings : split(own.subarray(12), 0x7c);
}

function split(bytes: Buffer, separator: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(separator, at);
    const end = found === -1 ? bytes.length : found;
    parts.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return parts;
}
