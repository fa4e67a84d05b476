/** What the page asks of the server (docs/web.md). */

import type { Action, Outcome } from "../tree/shapes.ts";
import type { Seen } from "./pure/filter.ts";
import { Rows } from "./pure/rows.ts";

export interface Me {
  readonly user: string | null;
  readonly readOnly: boolean;
}

export interface DeathTold {
  readonly label: string;
  readonly at: string;
  readonly words: string;
  /** These two are missing where it could not be started. */
  readonly pid?: number;
  readonly uptimeSeconds?: number;
}

export interface Detail {
  readonly service: Seen;
  readonly files: readonly { readonly name: string; readonly says: string }[];
  readonly script: readonly string[];
  /** Empty where its standard error has no log of its own. */
  readonly stderrScript: readonly string[];
  /** Names of its log directories. */
  readonly logs: readonly string[];
  readonly stderrLogs: readonly string[];
  readonly deaths: readonly DeathTold[];
}

export interface WireLine {
  readonly label: string | null;
  readonly time: string | null;
  readonly text: string;
  /** The text in base64, where it is not UTF-8. */
  readonly bytes?: string;
}

/** What the server, or the way to it, has against a request, in words. */
export class Refusal extends Error {}

export function me(): Promise<Me> {
  return getJson<Me>("/api/me");
}

export function detailOf(name: string): Promise<Detail> {
  return getJson<Detail>(pathOf(name));
}

/** @param waitSeconds  how long the outcomes are waited for */
export async function act(
  names: readonly string[],
  action: Action,
  waitSeconds: number,
): Promise<readonly Outcome[]> {
  const response = await ask("/api/act", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Timberline": "1" },
    body: JSON.stringify({ names, action, wait: waitSeconds }),
  });
  return ((await response.json()) as { outcomes: readonly Outcome[] }).outcomes;
}

/**
 * Lines of a service's log as they come, several at once; the server is not read from while they are not taken.
 *
 * @param signal  ends it, as leaving the loop does
 * @throws Refusal
 */
export async function* logLines(
  name: string,
  words: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<WireLine[], void> {
  const query = new URLSearchParams({ ...words, format: "ndjson" });
  const response = await ask(`${pathOf(name)}/log?${query.toString()}`, { signal });
  yield* linesOf(response);
}

export async function linesAroundDeath(name: string, label: string): Promise<WireLine[]> {
  const around = `${pathOf(name)}/deaths/${encodeURIComponent(label)}/log?around=20`;
  const lines: WireLine[] = [];
  for await (const some of linesOf(await ask(around, {}))) lines.push(...some);
  return lines;
}

/** @throws Refusal where the server says that it could not read on */
function lineOf(row: string): WireLine {
  const said = JSON.parse(row) as WireLine | { readonly error: { readonly message: string } };
  if ("error" in said) throw new Refusal(said.error.message);
  return said;
}

async function* linesOf(response: Response): AsyncGenerator<WireLine[], void> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  const rows = new Rows();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(lost);
      if (done) break;
      const lines = rows.take(decoder.decode(value, { stream: true }));
      if (lines.length > 0) yield lines.map(lineOf);
    }
    if (rows.rest !== "") throw new Refusal("the connection was lost in the middle of a line");
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function lost(error: unknown): never {
  if (error instanceof DOMException && error.name === "AbortError") throw error;
  throw new Refusal("the connection was lost");
}

async function getJson<Body>(path: string): Promise<Body> {
  return (await (await ask(path, { headers: { Accept: "application/json" } })).json()) as Body;
}

async function ask(path: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Refusal("the server does not answer");
  }
  if (!response.ok) throw new Refusal(await reasonOf(response));
  return response;
}

async function reasonOf(response: Response): Promise<string> {
  const said: unknown = await response.json().catch(() => undefined);
  const told = (said as { error?: { message?: unknown } } | undefined)?.error?.message;
  return typeof told === "string" ? told : `the server answers ${response.status}`;
}

function pathOf(name: string): string {
  return `/api/services/${encodeURIComponent(name)}`;
}
