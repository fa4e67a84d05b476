/** Between the times of fields, which are of no zone, and those of the server. */
import { zone } from "./times.ts";

const MINUTE_MS = 60_000;

/** @param time  ISO 8601, or empty. @returns to the second, as a field has it */
export function toInput(time: string): string {
  const date = new Date(time);
  if (time === "" || Number.isNaN(date.getTime())) return "";
  const offsetMs = zone() === "utc" ? 0 : date.getTimezoneOffset() * MINUTE_MS;
  return new Date(date.getTime() - offsetMs).toISOString().slice(0, "2026-11-20T14:30:05".length);
}

/**
 * @param kept  what the field was filled from: it stays to the nanosecond where the field was not changed
 * @returns ISO 8601, empty where the field is
 */
export function fromInput(value: string, kept: string = ""): string {
  if (value === "" || value === toInput(kept)) return value === "" ? "" : kept;
  const date = new Date(zone() === "utc" ? `${value}Z` : value);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
