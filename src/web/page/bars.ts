/** The small chart of the restarts of the last hour: a bar for each two minutes. */
const SVG = "http://www.w3.org/2000/svg";
const HOUR = 60;
const MINUTES = 2;
const PITCH = 3;
const BAR = 2;
const HEIGHT = 16;
/** As many deaths as make a bar of the whole height, at the least: one death is not to look like a disaster. */
const FULL = 4;

export class Bars {
  readonly element: SVGSVGElement = document.createElementNS(SVG, "svg");
  private readonly shape = document.createElementNS(SVG, "path");
  private drawn = "";

  constructor() {
    const width = (HOUR / MINUTES) * PITCH;
    this.element.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.element.setAttribute("width", String(width));
    this.element.setAttribute("height", String(HEIGHT));
    this.element.setAttribute("class", "bars");
    this.element.setAttribute("aria-hidden", "true");
    this.element.append(this.shape);
  }

  /** @param perMinute  oldest first */
  draw(perMinute: readonly number[]): void {
    const path = pathOf(perMinute);
    if (path === this.drawn) return;
    this.drawn = path;
    this.shape.setAttribute("d", path);
  }
}

function pathOf(perMinute: readonly number[]): string {
  const sums: number[] = [];
  for (let at = 0; at < perMinute.length; at += MINUTES)
    sums.push(perMinute.slice(at, at + MINUTES).reduce((sum, count) => sum + count, 0));
  const most = Math.max(FULL, ...sums);
  const bars = sums.map((count, at) => {
    if (count === 0) return "";
    const height = Math.max(3, Math.round((count / most) * HEIGHT));
    return `M${at * PITCH} ${HEIGHT - height}h${BAR}v${height}h-${BAR}z`;
  });
  return bars.join("");
}
