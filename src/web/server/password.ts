/**
 * Passwords as they are kept: `scrypt$N$r$p$salt$hash`, salt and hash in base64 without padding.
 *
 * The costs are what is recommended for 16 MB of memory: some 0.3 seconds in a thread of the pool.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const COSTS = { N: 16_384, r: 8, p: 5 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const MOST_MEMORY_BYTES = 256 * 2 ** 20;
const MOST_N = 2 ** 20;
const MOST_R = 32;
const MOST_P = 16;
const FORM =
  /^scrypt\$([0-9]{1,8})\$([0-9]{1,3})\$([0-9]{1,3})\$([\w+/]{8,128})\$([\w+/]{22,128})$/;

export interface PasswordHash {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, { ...COSTS, salt, hash: Buffer.alloc(HASH_BYTES) });
  const text = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");
  return ["scrypt", COSTS.N, COSTS.r, COSTS.p, text(salt), text(hash)].join("$");
}

/** @returns undefined for a text that is none, or whose costs nobody should pay */
export function parseHash(text: string): PasswordHash | undefined {
  const found = FORM.exec(text);
  if (found === null) return undefined;
  const [N = 0, r = 0, p = 0] = found.slice(1, 4).map(Number);
  const isPowerOfTwo = N > 1 && (N & (N - 1)) === 0;
  if (!isPowerOfTwo || N > MOST_N || r < 1 || r > MOST_R || p < 1 || p > MOST_P) return undefined;
  if (128 * N * r > MOST_MEMORY_BYTES / 2) return undefined;
  const [salt, hash] = found.slice(4).map((part) => Buffer.from(part, "base64"));
  return salt && hash && { N, r, p, salt, hash };
}

/** One that no password fits: looking at it takes as long as at any other. */
export function noHash(like: PasswordHash | undefined): PasswordHash {
  const length = like?.hash.length ?? HASH_BYTES;
  return { ...(like ?? COSTS), salt: randomBytes(SALT_BYTES), hash: randomBytes(length) };
}

export async function isPassword(password: string, hash: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, hash), hash.hash);
}

function derive(password: string, { N, r, p, salt, hash }: PasswordHash): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: MOST_MEMORY_BYTES };
    scrypt(password.normalize("NFC"), salt, hash.length, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
