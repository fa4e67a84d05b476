/** The account that a command is given by its name. */
import type { Account } from "../posix/types.ts";
import type { System, Words } from "./chain.ts";
import { fatal, usage } from "./end.ts";

export interface ForAccount {
  readonly account: Account;
  /** The next program and its arguments. */
  readonly program: Words;
}

/**
 * Reads `ACCOUNT PROGRAM…`.
 *
 * @throws End  when a word is missing, or nobody bears the name
 */
export function readAccount(name: string, words: Words, system: System): ForAccount {
  const [given, ...program] = words;
  if (given === undefined || program.length === 0) throw usage(name, `${name} account child`);
  const account = system.findAccount(given);
  if (account === undefined) throw fatal(name, ["unknown account ", given]);
  return { account, program };
}
