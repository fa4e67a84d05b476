/** Addresses as they are typed: `127.0.0.1:514`, `[::1]:514`, `*:514`. */
import type { Endpoint } from "../posix/index.ts";

const HIGHEST_PORT = 65535;
const FORM = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)|(\*)):([0-9]{1,5})$/i;
const V4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;

/** @returns undefined for what is none; names of hosts are none */
export function readEndpoint(text: string): Endpoint | undefined {
  const [, v6, v4, all, digits = ""] = FORM.exec(text) ?? [];
  const port = Number(digits);
  if (digits === "" || port > HIGHEST_PORT) return undefined;
  if (v4 !== undefined && !V4.test(v4)) return undefined;
  if (v6 !== undefined && !v6.includes(":")) return undefined;
  // Both families, where the system has both.
  return { address: all === undefined ? (v4 ?? v6 ?? "") : "::", port };
}

export function endpointText({ address, port }: Endpoint): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
