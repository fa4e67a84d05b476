/** What requests may hold: checked by fastify, and published in the OpenAPI document. */
import { ACTIONS } from "../tree/types.ts";
import { LOG_FORMATS } from "./log-format.ts";
import { MOST_AROUND, MOST_LAST } from "./log-query.ts";

type Schema = Readonly<Record<string, unknown>>;

const text = (description: string, maxLength: number = 256): Schema => ({
  type: "string",
  maxLength,
  description,
});
const flag = (description: string): Schema => ({
  type: "string",
  enum: ["0", "1", "true", "false", ""],
  description,
});
const count = (description: string, maximum: number): Schema => ({
  type: "integer",
  minimum: 0,
  maximum,
  description,
});

const only = (properties: Record<string, Schema>, required: readonly string[] = []): Schema => ({
  type: "object",
  additionalProperties: false,
  properties,
  ...(required.length > 0 ? { required } : {}),
});

export const MOST_WAIT_SECONDS = 600;
export const MOST_NAMES = 10_000;
const NAME = text("a service", 1024);
const NAMES = text("a service, a glob such as web*, or GROUP:*", 1024);
const WAIT: Schema = {
  type: "number",
  minimum: 0,
  maximum: MOST_WAIT_SECONDS,
  description: "seconds to wait until it has come about; 0: not at all",
};
const ACTION: Schema = {
  type: "string",
  enum: ACTIONS,
  description: "as svc's words; rotate: its log",
};
const AROUND = count("lines before and behind", MOST_AROUND);
const FORMAT: Schema = { type: "string", enum: LOG_FORMATS, description: "ndjson unless given" };

export const NAME_PARAMETER: Schema = only({ name: NAME }, ["name"]);
export const NAME_LABEL_PARAMETERS: Schema = only(
  { name: NAME, label: text("a death's TAI64N label", 25) },
  ["name", "label"],
);
export const ACTION_PARAMETERS: Schema = only({ name: NAMES, action: ACTION }, ["name", "action"]);
export const ACTION_QUERY: Schema = only({ wait: WAIT });
export const ACT_BODY: Schema = only(
  {
    names: { type: "array", items: NAMES, minItems: 1, maxItems: MOST_NAMES },
    action: ACTION,
    wait: WAIT,
  },
  ["names", "action"],
);
export const LIST_QUERY: Schema = only({
  glob: text("names that match it", 1024),
  group: text("members of it", 1024),
});
export const LOG_QUERY: Schema = only({
  since: text("from this time on: as svlog reads times, or a label"),
  until: text("up to this time, which is in it"),
  before: text("up to this time, which is not in it: to page backwards"),
  at: text("around this time"),
  last: text(
    `the last so many lines, up to ${MOST_LAST}, or all; 100 without since, at and cursor`,
  ),
  limit: count("so many lines at the most, from the first on", MOST_LAST),
  patterns: text("selects and deselects as a logging script does: +… and -…, a line each", 4096),
  grep: text("a regular expression", 4096),
  ignoreCase: flag("small letters are large ones"),
  invert: flag("lines that do not match"),
  around: AROUND,
  cursor: text("behind the line with this label; so does the header Last-Event-ID", 25),
  follow: flag("and what comes"),
  stream: { type: "string", enum: ["stdout", "stderr"], description: "stdout unless given" },
  directory: text("one of its log directories, as its `logs` names it; all unless given"),
  format: FORMAT,
});
export const DEATH_LOG_QUERY: Schema = only({ around: AROUND, format: FORMAT });
