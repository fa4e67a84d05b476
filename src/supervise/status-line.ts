/**
 * A report as svstat prints it.
 *
 * @see daemontools 0.76, svstat.c; spec section 6
 */
import type { Report } from "./report.ts";

/** @returns what stands behind `DIR: ` */
export function statusLine(report: Report): string {
  if (report.kind === "trouble") return report.text;
  if (report.kind === "hosted") return "written by svscan itself";
  const { status, normallyUp, seconds } = report;
  const isUp = status.pid !== 0;
  const flags = [
    ...(isUp && !normallyUp ? ["normally down"] : []),
    ...(!isUp && normallyUp ? ["normally up"] : []),
    ...(isUp && status.paused ? ["paused"] : []),
    ...(!isUp && status.want === "up" ? ["want up"] : []),
    ...(isUp && status.want === "down" ? ["want down"] : []),
  ];
  const state = isUp ? `up (pid ${status.pid})` : "down";
  return [`${state} ${seconds} seconds`, ...flags].join(", ");
}
