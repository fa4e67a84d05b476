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
