/** What goes through XML-RPC, in either direction. */

/** Whole numbers have 32 bits; what has a fraction comes from clients alone. */
export type RpcValue = string | number | boolean | readonly RpcValue[] | RpcStruct;

export interface RpcStruct {
  readonly [member: string]: RpcValue;
}

export function isArray(value: RpcValue): value is readonly RpcValue[] {
  return Array.isArray(value);
}

export function isStruct(value: RpcValue): value is RpcStruct {
  return typeof value === "object" && !isArray(value);
}

/** Roughly how many characters it takes to say a value, tags and all. */
export function sizeOf(value: RpcValue): number {
  if (typeof value === "string") return TAG_CHARACTERS + value.length;
  if (typeof value !== "object") return TAG_CHARACTERS;
  const inside = isArray(value) ? value : Object.values(value);
  return inside.reduce<number>((sum, one) => sum + sizeOf(one), TAG_CHARACTERS);
}

const TAG_CHARACTERS = 40;
