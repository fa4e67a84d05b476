/** Reads answers, by themselves: not with the reader that reads calls. */
import type { RpcValue } from "../../../src/web/rpc/values.ts";

interface Fault {
  readonly faultCode: number;
  readonly faultString: string;
}

/** @returns the value; a fault as `CODE TEXT` */
export function readAnswer(xml: string): RpcValue {
  const body = new Body(xml);
  const value = body.value(xml.indexOf("<value>"));
  if (!xml.includes("<fault>")) return value;
  const { faultCode, faultString } = value as unknown as Fault;
  return `${faultCode} ${faultString}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&#13;": "\r",
};

class Body {
  private readonly xml: string;
  private at = 0;

  constructor(xml: string) {
    this.xml = xml;
  }

  value(from: number): RpcValue {
    this.at = from;
    return this.next();
  }

  private next(): RpcValue {
    this.take("<value>");
    const value = this.content();
    this.take("</value>");
    return value;
  }

  private content(): RpcValue {
    if (this.takes("<array><data>")) {
      const all: RpcValue[] = [];
      while (!this.takes("</data></array>")) all.push(this.next());
      return all;
    }
    if (this.takes("<struct>")) {
      const struct: Record<string, RpcValue> = {};
      while (!this.takes("</struct>")) {
        this.take("<member>");
        this.take("<name>");
        const name = this.text("</name>");
        struct[name] = this.next();
        this.take("</member>");
      }
      return struct;
    }
    if (this.takes("<string>")) return this.text("</string>");
    if (this.takes("<int>")) return Number(this.text("</int>"));
    this.take("<boolean>");
    return this.text("</boolean>") === "1";
  }

  private text(end: string): string {
    const to = this.xml.indexOf(end, this.at);
    const raw = this.xml.slice(this.at, to);
    this.at = to + end.length;
    return raw.replace(/&[^;]+;/g, (one) => ENTITIES[one] ?? `?${one}`);
  }

  private take(part: string): void {
    if (!this.takes(part))
      throw new Error(`no ${part} at ${this.xml.slice(this.at, this.at + 80)}`);
  }

  private takes(part: string): boolean {
    while (this.xml[this.at] === "\n" && !part.startsWith("\n")) this.at++;
    if (!this.xml.startsWith(part, this.at)) return false;
    this.at += part.length;
    return true;
  }
}
