/** What answers look like, for the OpenAPI document. */
import { ACTIONS, STATES } from "../tree/types.ts";

type Schema = Readonly<Record<string, unknown>>;

const TEXT: Schema = { type: "string" };
const FLAG: Schema = { type: "boolean" };
const COUNT: Schema = { type: "integer", minimum: 0 };
const NUMBER: Schema = { type: "number", minimum: 0 };
const TIME: Schema = { type: "string", format: "date-time" };

const orNull = (schema: Schema): Schema => ({ ...schema, type: [schema["type"], "null"] });
const choice = (words: readonly string[]): Schema => ({ type: "string", enum: words });
const list = (items: Schema): Schema => ({ type: "array", items });

function shape(
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

const LOG = shape({
  kind: choice(["hosted", "run"]),
  bytes: orNull(COUNT),
  lines: orNull(COUNT),
  linesPerSecond: orNull(NUMBER),
  stalledSeconds: orNull(COUNT),
  stalledWhy: orNull(TEXT),
  rotations: orNull(COUNT),
  processorFailures: orNull(COUNT),
});

/** A service; `ServiceView` without what is for this machine alone. */
export const VIEW: Schema = shape({
  name: TEXT,
  group: orNull(TEXT),
  state: choice(STATES),
  want: { type: ["string", "null"], enum: ["up", "down", "once", null] },
  normally: choice(["up", "down"]),
  pid: orNull(COUNT),
  since: orNull(TIME),
  ready: orNull(FLAG),
  readySince: orNull(TIME),
  flapping: FLAG,
  waitsFor: list(TEXT),
  deaths: shape({ minute: COUNT, hour: COUNT, kept: COUNT, perMinute: list(COUNT) }),
  lastDeath: orNull(shape({ at: TEXT, words: TEXT })),
  log: orNull(LOG),
  error: orNull(TEXT),
});

const SERVICE: Schema = { $ref: "#/components/schemas/Service" };

export const SERVICES: Schema = shape({ at: TIME, services: list(SERVICE) });

const DEATH = shape(
  {
    label: TEXT,
    words: TEXT,
    at: orNull(TIME),
    pid: COUNT,
    code: COUNT,
    signal: orNull(TEXT),
    uptimeSeconds: NUMBER,
    core: FLAG,
    asked: FLAG,
    givenUp: FLAG,
    unstarted: TEXT,
  },
  ["pid", "code", "signal", "uptimeSeconds", "core", "asked", "givenUp", "unstarted"],
);

export const SERVICE_DETAILS: Schema = shape({
  service: SERVICE,
  files: list(shape({ name: TEXT, says: TEXT })),
  script: list(TEXT),
  stderrScript: list(TEXT),
  logs: list(TEXT),
  stderrLogs: list(TEXT),
  deaths: list(DEATH),
});

const OUTCOME = { name: TEXT, ok: FLAG, words: TEXT, reached: orNull(FLAG) };

export const OUTCOMES: Schema = shape({ outcomes: list(shape(OUTCOME)) });

export const LOG_LINE: Schema = shape(
  {
    label: orNull(TEXT),
    time: orNull(TIME),
    text: TEXT,
    bytes: { type: "string", contentEncoding: "base64" },
    leftOut: COUNT,
    service: TEXT,
  },
  ["bytes", "leftOut"],
);

export const EVENTS: Schema = {
  type: "string",
  description:
    "services: as GET /api/services; changed: services and gone (names); outcome: an outcome with action and who",
};

export const ME: Schema = shape({
  user: orNull(TEXT),
  readOnly: FLAG,
  version: TEXT,
  actions: list(choice(ACTIONS)),
});

export const ERROR: Schema = shape({ error: shape({ code: TEXT, message: TEXT }) });
