/**
 * Makes the server, and ends it.
 *
 * fastify's listening socket is the one thing of the system that is not had from posix: Node's HTTP
 * server makes its own.
 */
import fastify, { type FastifyInstance } from "fastify";
import { registerRpc } from "../rpc/index.ts";
import type { Tree } from "../tree/types.ts";
import type { Site } from "./site.ts";

/** Where a server listens: an address and a port (0: any), or the path of a unix socket. */
export type Listen = { readonly host: string; readonly port: number } | { readonly path: string };

export interface ServeOptions {
  readonly tree: Tree;
  readonly listen: Listen;
  /** A file of users and the hashes of their passwords; undefined: nobody is asked. */
  readonly users?: string | undefined;
  readonly readOnly?: boolean;
  readonly version: string;
  /** The directory with the page's files; undefined: there is no page. */
  readonly page?: URL | undefined;
  /** A line for standard error. */
  readonly say: (line: string) => void;
}

export interface Serving {
  /** Where it listens: `http://…`, or the path of the socket. */
  readonly address: string;
  /** Ends streams, then the server. */
  close(): Promise<void>;
}

export async function serve(options: ServeOptions): Promise<Serving> {
  const app: FastifyInstance = fastify();
  const ending = new AbortController();
  const site: Site = {
    tree: options.tree,
    version: options.version,
    readOnly: options.readOnly === true,
    who: (request) => request.ip,
    record: (who, words) => options.say(`${who}: ${words}`),
    warn: options.say,
    ending: ending.signal,
  };
  registerRpc(app, site);
  const address = await app.listen("path" in options.listen ? options.listen : options.listen);
  return {
    address,
    close: async () => {
      ending.abort();
      await app.close();
    },
  };
}
