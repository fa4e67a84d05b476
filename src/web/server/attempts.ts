/**
 * Passwords are not guessed in a row: after a few wrong ones from an address the next is not looked at before a
 * while, twice as long each time. The table is bounded; what falls out of it is the address that was quiet longest.
 */
const FREE_FAILURES = 3;
const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const MOST_ADDRESSES = 1024;
/** Of the eight groups of an IPv6 address, those that name a network: one user has all of the rest. */
const NETWORK_GROUPS = 4;

interface Record {
  failures: number;
  untilMs: number;
}

export class Attempts {
  private readonly table = new Map<string, Record>();

  /** How long an address is to wait, in milliseconds; 0: not at all. */
  waitMs(address: string, nowMs: number): number {
    return Math.max(0, (this.table.get(keyOf(address))?.untilMs ?? 0) - nowMs);
  }

  /** An attempt begins; it counts as failed until it has not: many at once are as many in a row. */
  begin(address: string, nowMs: number): void {
    const key = keyOf(address);
    const failures = (this.table.get(key)?.failures ?? 0) + 1;
    const doublings = failures - FREE_FAILURES;
    const pause = doublings < 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** doublings);
    this.table.delete(key);
    this.table.set(key, { failures, untilMs: nowMs + pause });
    const [oldest] = this.table.keys();
    if (this.table.size > MOST_ADDRESSES && oldest !== undefined) this.table.delete(oldest);
  }

  succeeded(address: string): void {
    this.table.delete(keyOf(address));
  }

  get size(): number {
    return this.table.size;
  }
}

function keyOf(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [front = "", back] = address.split("::");
  const groups = front.split(":").filter((group) => group !== "");
  const behind = back === undefined ? [] : back.split(":").filter((group) => group !== "");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - behind.length) }, () => "0");
  return [...groups, ...zeros, ...behind].slice(0, NETWORK_GROUPS).join(":");
}
