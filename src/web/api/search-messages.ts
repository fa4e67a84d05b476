/** What the process and the thread that searches logs say to each other. */
import type { ReadOptions } from "../../inspect/index.ts";
import type { Held } from "../../posix/index.ts";
import type { LogFormat } from "./log-format.ts";

/** What a search is to find, and how it is written. */
export interface SearchOrder {
  readonly directories: readonly Uint8Array[];
  readonly options: ReadOptions;
  readonly limit: number;
  readonly format: LogFormat;
  readonly service: string;
}

/** What the thread finds at its start. */
export interface SearchThreadData {
  /** Where it notes its descriptors. */
  readonly held: Held;
}

export type ToSearchThread =
  | { readonly kind: "open"; readonly search: number; readonly order: SearchOrder }
  /** The last piece was taken: the next may come. */
  | { readonly kind: "taken"; readonly search: number }
  | { readonly kind: "cancel"; readonly search: number }
  | { readonly kind: "ping" };

export type FromSearchThread =
  | { readonly kind: "piece"; readonly search: number; readonly piece: Uint8Array }
  | { readonly kind: "end"; readonly search: number; readonly trouble?: string }
  | { readonly kind: "pong" };
