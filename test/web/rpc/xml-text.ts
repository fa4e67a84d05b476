/** Calls as clients write them. */
import type { RpcValue } from "../../../src/web/rpc/values.ts";

const escaped = (text: string): string =>
  text.replace(/[&<>\r]/g, (one) => `&#${one.charCodeAt(0)};`);

export function valueText(value: RpcValue): string {
  return `<value>${contentText(value)}</value>`;
}

function contentText(value: RpcValue): string {
  if (typeof value === "string") return `<string>${escaped(value)}</string>`;
  if (typeof value === "boolean") return `<boolean>${Number(value)}</boolean>`;
  if (typeof value === "number")
    return Number.isInteger(value) ? `<int>${value}</int>` : `<double>${value}</double>`;
  if (Array.isArray(value))
    return `<array><data>${(value as RpcValue[]).map(valueText).join("\n")}</data></array>`;
  const members = Object.entries(value as Record<string, RpcValue>).map(
    ([name, one]) => `<member><name>${escaped(name)}</name>${valueText(one)}</member>`,
  );
  return `<struct>\n${members.join("\n")}</struct>`;
}

export function callText(method: string, ...parameters: readonly RpcValue[]): string {
  const params = parameters.map((one) => `<param>\n${valueText(one)}\n</param>\n`).join("");
  return `<?xml version='1.0'?>\n<methodCall>\n<methodName>${escaped(method)}</methodName>\n<params>\n${params}</params>\n</methodCall>\n`;
}
