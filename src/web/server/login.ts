/**
 * Who asks: HTTP's Basic authentication against the file of users.
 *
 * A password that was right is known again for a while by a keyed hash of it, since browsers and scripts send it
 * with each request, and looking at it in earnest takes a third of a second.
 */
import { createHmac, randomBytes } from "node:crypto";
import { Attempts } from "./attempts.ts";
import { Refusal } from "./failure.ts";
import { isPassword, noHash, type PasswordHash } from "./password.ts";
import { Turns } from "./turns.ts";
import type { UsersFile } from "./users-file.ts";

const REMEMBERED_MS = 15 * 60_000;
const MOST_REMEMBERED = 256;
/** In threads of the pool, which has others to serve. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 64;
const CHALLENGE = { "www-authenticate": 'Basic realm="timberline", charset="UTF-8"' };
const MS_PER_SECOND = 1000;

export class Login {
  private readonly file: UsersFile;
  private readonly key = randomBytes(32);
  private readonly known = new Map<string, { readonly name: string; readonly untilMs: number }>();
  private knownMark = "";
  private readonly attempts = new Attempts();
  private readonly noUser: PasswordHash;
  private readonly running = new Map<string, Promise<string>>();
  private readonly turns = new Turns(MOST_AT_ONCE);

  constructor(file: UsersFile) {
    this.file = file;
    const [like] = file.now().users.values();
    this.noUser = noHash(like);
  }

  /**
   * @param authorization  the header
   * @param address  of the peer
   * @param nowMs  on a clock that never steps
   * @returns the user. @throws Refusal
   */
  async check(authorization: string | undefined, address: string, nowMs: number): Promise<string> {
    const given = authorization === undefined ? undefined : readBasic(authorization);
    if (given === undefined)
      throw new Refusal(401, "login-needed", "a user and a password are needed", CHALLENGE);
    const { mark } = this.file.now();
    if (mark !== this.knownMark) this.known.clear();
    this.knownMark = mark;
    const digest = createHmac("sha256", this.key)
      .update(`${given.name}\0${given.password}`)
      .digest("hex");
    const known = this.known.get(digest);
    if (known !== undefined && known.untilMs > nowMs) return known.name;
    // Several requests at once, as a browser makes them, are one attempt.
    const running = this.running.get(digest) ?? this.attempt(digest, given, address, nowMs);
    this.running.set(digest, running);
    try {
      return await running;
    } finally {
      this.running.delete(digest);
    }
  }

  private async attempt(
    digest: string,
    { name, password }: Given,
    address: string,
    nowMs: number,
  ): Promise<string> {
    this.slowDown(address, nowMs);
    const hash = this.file.now().users.get(name);
    // Somebody who is not there takes as long as somebody who is.
    const isRight = await this.turns.take(() => isPassword(password, hash ?? this.noUser));
    if (!isRight || hash === undefined)
      throw new Refusal(401, "login-wrong", "the user or the password is wrong", CHALLENGE);
    this.attempts.succeeded(address);
    this.remember(digest, name, nowMs);
    return name;
  }

  private slowDown(address: string, nowMs: number): void {
    const waitMs = this.attempts.waitMs(address, nowMs);
    if (waitMs > 0 || this.turns.waiting >= MOST_WAITING) {
      const seconds = Math.max(1, Math.ceil(waitMs / MS_PER_SECOND));
      const words = `too many wrong passwords: try again in ${seconds} s`;
      throw new Refusal(429, "too-many-attempts", words, { "retry-after": String(seconds) });
    }
    this.attempts.begin(address, nowMs);
  }

  private remember(digest: string, name: string, nowMs: number): void {
    const [oldest] = this.known.keys();
    if (this.known.size >= MOST_REMEMBERED && oldest !== undefined) this.known.delete(oldest);
    this.known.set(digest, { name, untilMs: nowMs + REMEMBERED_MS });
  }
}

/** A name and a password as svweb passwd takes them, in letters of which each is several, fit by far. */
const MOST_LENGTH = 4096;

interface Given {
  readonly name: string;
  readonly password: string;
}

function readBasic(header: string): Given | undefined {
  if (header.length > MOST_LENGTH) return undefined;
  const found = /^basic +([\w+/=-]+) *$/i.exec(header);
  if (found === null) return undefined;
  const text = Buffer.from(found[1] ?? "", "base64").toString();
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
