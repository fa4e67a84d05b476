/** Times of lines as they are shown: in the zone of who looks, or universal. */
const KEY = "timberline.zone";
const MILLIS = 3;

let isUniversal = localStorage.getItem(KEY) === "utc";

export function zone(): "local" | "utc" {
  return isUniversal ? "utc" : "local";
}

export function setZone(wanted: "local" | "utc"): void {
  isUniversal = wanted === "utc";
  localStorage.setItem(KEY, wanted);
}

/** `14:03:07.123`. @param time  ISO 8601 */
export function clock(time: string): string {
  const [, , , ...parts] = partsOf(time);
  const millis = String(new Date(time).getUTCMilliseconds()).padStart(MILLIS, "0");
  return `${parts.join(":")}.${millis}`;
}

/** `2026-11-20` */
export function dayOf(time: string): string {
  return partsOf(time).slice(0, 3).join("-");
}

function partsOf(time: string): string[] {
  const date = new Date(time);
  const numbers = isUniversal
    ? [
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
      ]
    : [
        date.getFullYear(),
        date.getMonth() + 1,
        date.getDate(),
        date.getHours(),
        date.getMinutes(),
        date.getSeconds(),
      ];
  return numbers.map((number) => String(number).padStart(2, "0"));
}
