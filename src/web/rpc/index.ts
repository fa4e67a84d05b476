/** Supervisor's clients: XML-RPC and its streams of logs. */
import type { FastifyInstance } from "fastify";
import type { Site } from "../server/site.ts";

/** Registers the routes of Supervisor's clients; requests were admitted when they come here. */
export function registerRpc(_app: FastifyInstance, _site: Site): void {}
