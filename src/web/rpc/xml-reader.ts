/**
 * Reads a call: its method and its arguments.
 *
 * Hostile until shown otherwise: no document type and with it no entity of its own, a bounded depth, a bounded
 * number of values. How long a document may be is the server's to say.
 */
import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { RpcStruct, RpcValue } from "./values.ts";
import { decodeEntities, elementsOf, type Node, nameOf, textOf } from "./xml-nodes.ts";

/** Arrays in arrays; each takes three elements. */
const MOST_DEPTH = 32;
const MOST_NESTED_TAGS = 4 * MOST_DEPTH;
const MOST_VALUES = 10_000;
const MOST_METHOD_CHARACTERS = 255;
const MOST_MESSAGE_CHARACTERS = 200;
const INT = /^[+-]?[0-9]{1,10}$/;
/** One way to match each text: no digit may belong to two parts. */
const DOUBLE = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$/;
/** Of a number, a truth or a time. */
const MOST_WORD_CHARACTERS = 40;
const TIME = /^[0-9]{8}T[0-9]{2}:[0-9]{2}:[0-9]{2}$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
/** Sections that hold anything; whatever else begins with `<!` is of a document type. */
const SECTIONS = [
  ["<![CDATA[", "]]>"],
  ["<!--", "-->"],
] as const;
const DECLARATION = "<!";
const LATIN1 = /^[^>]*encoding=["']iso-8859-1["']/i;

/** The document is no call, or one that is not read. */
export class BadCall extends Error {
  override readonly name = "BadCall";
}

export interface Call {
  readonly method: string;
  readonly parameters: readonly RpcValue[];
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: "#cdata",
  maxNestedTags: MOST_NESTED_TAGS,
});

/** @throws BadCall */
export function readCall(bytes: Uint8Array): Call {
  const [call, ...others] = elementsOf(parse(textIn(bytes)));
  if (call === undefined || others.length > 0 || nameOf(call) !== "methodCall")
    throw new BadCall("the document is no methodCall");
  const [name, params, ...more] = elementsOf(childrenOf(call, "methodCall"));
  if (name === undefined || nameOf(name) !== "methodName" || more.length > 0)
    throw new BadCall("a methodCall holds a methodName and params");
  const method = leaf(name, "methodName").trim();
  if (method === "" || method.length > MOST_METHOD_CHARACTERS)
    throw new BadCall("the method has no name");
  return { method, parameters: params === undefined ? [] : new ValueReader().parameters(params) };
}

function textIn(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  if (LATIN1.test(latin1)) return latin1;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new BadCall("the document is not UTF-8");
  }
}

function parse(text: string): Node[] {
  if (hasDocumentType(text))
    throw new BadCall("a document type is refused, and every entity of its own with it");
  try {
    const verdict = XMLValidator.validate(text);
    if (verdict !== true) throw new BadCall(`it is no XML: ${short(verdict.err.msg)}`);
    return parser.parse(text) as Node[];
  } catch (failure) {
    if (failure instanceof BadCall) throw failure;
    throw new BadCall(`it is not read: ${short((failure as Error).message)}`);
  }
}

/** What is said may hold all of what was given. */
function short(message: string): string {
  return message.slice(0, MOST_MESSAGE_CHARACTERS);
}

/** In one pass: with a regular expression sections that do not end took a minute a megabyte. */
function hasDocumentType(text: string): boolean {
  for (let at = text.indexOf(DECLARATION); at !== -1; at = text.indexOf(DECLARATION, at)) {
    const section = SECTIONS.find(([begin]) => text.startsWith(begin, at));
    if (section === undefined) return true;
    const [begin, end] = section;
    const last = text.indexOf(end, at + begin.length);
    if (last === -1) return true;
    at = last + end.length;
  }
  return false;
}

/** What is in an element; @throws BadCall where it is another */
function childrenOf(node: Node, name: string): readonly Node[] {
  if (nameOf(node) !== name) throw new BadCall(`${nameOf(node)} where a ${name} belongs`);
  return node[name] as readonly Node[];
}

/** The text of an element that holds nothing else. */
function leaf(node: Node, name: string): string {
  const children = childrenOf(node, name);
  if (elementsOf(children).length > 0) throw new BadCall(`a ${name} holds text alone`);
  return decoded(textOf(children));
}

function decoded(pieces: ReturnType<typeof textOf>): string {
  const text = decodeEntities(pieces);
  if (text === undefined) throw new BadCall("an entity that is not known");
  return text;
}

class ValueReader {
  private left = MOST_VALUES;

  parameters(params: Node): RpcValue[] {
    return elementsOf(childrenOf(params, "params")).map((param) =>
      this.value(only(elementsOf(childrenOf(param, "param"))), 0),
    );
  }

  private value(node: Node, depth: number): RpcValue {
    if (this.left-- === 0) throw new BadCall(`there are more than ${MOST_VALUES} values`);
    if (depth > MOST_DEPTH) throw new BadCall(`values are nested more than ${MOST_DEPTH} deep`);
    const children = childrenOf(node, "value");
    const elements = elementsOf(children);
    return elements.length === 0 ? decoded(textOf(children)) : this.typed(only(elements), depth);
  }

  private typed(node: Node, depth: number): RpcValue {
    const type = nameOf(node);
    if (type === "array") {
      const [data] = elementsOf(childrenOf(node, type));
      if (data === undefined) throw new BadCall("an array holds data");
      return elementsOf(childrenOf(data, "data")).map((one) => this.value(one, depth + 1));
    }
    if (type === "struct") return this.struct(elementsOf(childrenOf(node, type)), depth);
    return scalar(type, leaf(node, type));
  }

  private struct(members: readonly Node[], depth: number): RpcStruct {
    // Without a prototype: any name may be a member's.
    const struct = Object.create(null) as Record<string, RpcValue>;
    for (const member of members) {
      const [name, value, ...more] = elementsOf(childrenOf(member, "member"));
      if (name === undefined || value === undefined || more.length > 0)
        throw new BadCall("a member is a name and a value");
      struct[leaf(name, "name")] = this.value(value, depth + 1);
    }
    return struct;
  }
}

function only(nodes: readonly Node[]): Node {
  const [node, ...more] = nodes;
  if (node === undefined || more.length > 0) throw new BadCall("one element belongs there");
  return node;
}

function scalar(type: string, text: string): RpcValue {
  if (type === "string") return text;
  const word = text.trim();
  if (type === "base64") {
    const packed = word.replace(/\s+/g, "");
    if (BASE64.test(packed)) return Buffer.from(packed, "base64").toString();
  } else if (word.length <= MOST_WORD_CHARACTERS) {
    const value = shortScalar(type, word);
    if (value !== undefined) return value;
  }
  throw new BadCall(`that is no ${type}`);
}

function shortScalar(type: string, word: string): RpcValue | undefined {
  switch (type) {
    case "int":
    case "i4":
      if (INT.test(word) && Number(word) === (Number(word) | 0)) return Number(word);
      break;
    case "double":
      if (DOUBLE.test(word)) return Number(word);
      break;
    case "boolean":
      if (word === "0" || word === "1") return word === "1";
      break;
    case "dateTime.iso8601":
      if (TIME.test(word)) return word;
      break;
  }
  return undefined;
}
