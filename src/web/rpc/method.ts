/** A method: what it is called with, what it answers; and the check that it is called so. */
import { RpcFault } from "./faults.ts";
import { isArray, type RpcValue } from "./values.ts";

/** What a parameter of each type is here. */
export interface Types {
  readonly string: string;
  readonly int: number;
  readonly boolean: boolean;
  readonly array: readonly RpcValue[];
}

export interface Parameter<T extends keyof Types = keyof Types> {
  readonly type: T;
  /** Taken where it is not given; undefined: it has to be. */
  readonly otherwise?: Types[T];
}

type Arguments<P extends readonly Parameter[]> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? Types[T] : never;
};

/** Who calls. */
export interface Caller {
  /** As the record of changes names them. */
  readonly who: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

type Answer = RpcValue | Promise<RpcValue>;

export interface Method {
  readonly name: string;
  /** It changes something: not in a server that is read-only. */
  readonly changes: boolean;
  readonly returns: string;
  readonly parameters: readonly Parameter[];
  readonly help: string;
  /** @throws RpcFault */
  call(caller: Caller, given: readonly RpcValue[]): Answer;
}

export const TEXT: Parameter<"string"> = { type: "string" };
export const NUMBER: Parameter<"int"> = { type: "int" };
export const LIST: Parameter<"array"> = { type: "array" };
/** `wait`: to the end of what was asked for. */
export const WAIT: Parameter<"boolean"> = { type: "boolean", otherwise: true };

type Description<P extends readonly Parameter[]> = Pick<Method, "name" | "returns" | "help"> & {
  readonly parameters: P;
  readonly changes?: boolean;
};

/** Makes a method of what it does. */
export function method<const P extends readonly Parameter[]>(
  { name, returns, help, parameters, changes = false }: Description<P>,
  run: (caller: Caller, ...args: Arguments<P>) => Answer,
): Method {
  return {
    name,
    changes,
    returns,
    parameters,
    help,
    call: (caller, given) => run(caller, ...(checked(parameters, given) as Arguments<P>)),
  };
}

function checked(parameters: readonly Parameter[], given: readonly RpcValue[]): RpcValue[] {
  if (given.length > parameters.length) throw new RpcFault("INCORRECT_PARAMETERS");
  return parameters.map((parameter, at) => {
    const value = given[at] ?? parameter.otherwise;
    const fitting = value === undefined ? undefined : fit(parameter.type, value);
    if (fitting === undefined) throw new RpcFault("INCORRECT_PARAMETERS");
    return fitting;
  });
}

/** A truth may be a number, and a number text where text is wanted, as scripts write signals. */
function fit(type: keyof Types, value: RpcValue): RpcValue | undefined {
  switch (type) {
    case "string":
      if (typeof value === "number") return String(value);
      return typeof value === "string" ? value : undefined;
    case "int":
      return Number.isInteger(value) ? value : undefined;
    case "boolean":
      if (typeof value === "number") return value !== 0;
      return typeof value === "boolean" ? value : undefined;
    case "array":
      return isArray(value) ? value : undefined;
  }
}
