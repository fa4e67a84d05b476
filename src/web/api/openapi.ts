/** The OpenAPI document: what a test holds against the routes that there are. */
import {
  ACT_BODY,
  ACTION_PARAMETERS,
  ACTION_QUERY,
  DEATH_LOG_QUERY,
  LIST_QUERY,
  LOG_QUERY,
  NAME_LABEL_PARAMETERS,
  NAME_PARAMETER,
} from "./schemas.ts";
import {
  ERROR,
  EVENTS,
  LOG_LINE,
  ME,
  OUTCOMES,
  SERVICE_DETAILS,
  SERVICES,
  VIEW,
} from "./shapes.ts";

type Schema = Readonly<Record<string, unknown>>;

interface Operation {
  readonly summary: string;
  readonly path?: Schema;
  readonly query?: Schema;
  readonly body?: Schema;
  readonly answer: readonly [description: string, type: string, schema: Schema];
}

const JSON_TYPE = "application/json";
const TEXT: Schema = { type: "string" };

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /api/services": {
    summary: "All services, or those that a glob or a group names",
    query: LIST_QUERY,
    answer: ["The services, by name", JSON_TYPE, SERVICES],
  },
  "GET /api/services/{name}": {
    summary: "One service: its state, its files in words, its logging script explained, its deaths",
    path: NAME_PARAMETER,
    answer: ["The service", JSON_TYPE, SERVICE_DETAILS],
  },
  "POST /api/services/{name}/{action}": {
    summary: "Tells a service, those that a glob matches, or a group (web:*) what to do",
    path: ACTION_PARAMETERS,
    query: ACTION_QUERY,
    answer: ["What became of it, for each service", JSON_TYPE, OUTCOMES],
  },
  "POST /api/act": {
    summary: "The same for several names",
    body: ACT_BODY,
    answer: ["What became of it, for each service", JSON_TYPE, OUTCOMES],
  },
  "GET /api/services/{name}/log": {
    summary: "Lines of its log: what there is, and with follow what comes",
    path: NAME_PARAMETER,
    query: LOG_QUERY,
    answer: ["A line each (ndjson), events (sse), or text", "application/x-ndjson", LOG_LINE],
  },
  "GET /api/services/{name}/deaths/{label}/log": {
    summary: "The lines of its log around a death",
    path: NAME_LABEL_PARAMETERS,
    query: DEATH_LOG_QUERY,
    answer: ["As of the log", "application/x-ndjson", LOG_LINE],
  },
  "GET /api/events": {
    summary: "Server-sent events: services (all, at first), changed, outcome",
    answer: ["Events", "text/event-stream", EVENTS],
  },
  "GET /api/me": {
    summary: "Who asks, and what they may do",
    answer: ["The user", JSON_TYPE, ME],
  },
  "GET /api/openapi.json": {
    summary: "This document",
    answer: ["OpenAPI 3.1", JSON_TYPE, { type: "object" }],
  },
  "GET /metrics": {
    summary: "Numbers for Prometheus",
    answer: ["Its text format", "text/plain", TEXT],
  },
  "GET /healthz": {
    summary: "Whether the tree can be read; nobody is asked who they are",
    answer: ["It can", JSON_TYPE, { type: "object", properties: { ok: { type: "boolean" } } }],
  },
};

export function openApi(version: string): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [key, operation] of Object.entries(OPERATIONS)) {
    const [method = "", path = ""] = key.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: asOperation(operation, method) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Timberline",
      version,
      description: "Services, their logs, and what they are told to do.",
    },
    components: {
      schemas: { Service: VIEW, Error: ERROR },
      securitySchemes: { basic: { type: "http", scheme: "basic" } },
    },
    security: [{}, { basic: [] }],
    paths,
  };
}

function asOperation({ summary, path, query, body, answer }: Operation, method: string): Schema {
  const [description, type, schema] = answer;
  const changing = method === "POST" ? [X_TIMBERLINE] : [];
  return {
    summary,
    parameters: [...parametersOf(path, "path"), ...parametersOf(query, "query"), ...changing],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { [JSON_TYPE]: { schema: body } } } }),
    responses: {
      "200": { description, content: { [type]: { schema } } },
      default: {
        description: "It was refused",
        content: { [JSON_TYPE]: { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

const X_TIMBERLINE: Schema = {
  name: "X-Timberline",
  in: "header",
  description: "Says that no form of another page has made it; not needed with a body of JSON",
  schema: { type: "string" },
};

function parametersOf(schema: Schema | undefined, place: "path" | "query"): Schema[] {
  const properties = (schema?.["properties"] ?? {}) as Record<string, Schema>;
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === "path",
    description,
    schema: rest,
  }));
}
