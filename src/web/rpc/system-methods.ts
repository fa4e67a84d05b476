/** `system.*`: what methods there are, and many calls in one. */
import { RpcFault } from "./faults.ts";
import { type Caller, LIST, type Method, method, TEXT } from "./method.ts";
import { isArray, isStruct, type RpcValue } from "./values.ts";

const MULTICALL = "system.multicall";

/**
 * @param find  by name; undefined: there is none
 * @param call  calls a method as any request does. @throws RpcFault
 */
export function systemMethods(
  methods: () => readonly Method[],
  call: (caller: Caller, name: string, parameters: readonly RpcValue[]) => Promise<RpcValue>,
): Method[] {
  const known = (name: string): Method => {
    const found = methods().find((one) => one.name === name);
    if (found === undefined) throw new RpcFault("SIGNATURE_UNSUPPORTED");
    return found;
  };
  return [
    method(
      {
        name: "system.listMethods",
        returns: "array",
        help: "The names of all methods, sorted.",
        parameters: [],
      },
      () => methods().map(({ name }) => name),
    ),
    method(
      {
        name: "system.methodHelp",
        returns: "string",
        help: "What a method does. Takes its name.",
        parameters: [TEXT],
      },
      (_, name) => known(name).help,
    ),
    method(
      {
        name: "system.methodSignature",
        returns: "array",
        help: "The type that a method answers, then those of its arguments. Takes its name.",
        parameters: [TEXT],
      },
      (_, name) => {
        const { returns, parameters } = known(name);
        return [returns, ...parameters.map(({ type }) => type)];
      },
    ),
    method(
      {
        name: MULTICALL,
        returns: "array",
        help:
          "Calls methods one after the other. Takes an array of structs, each with methodName and params; " +
          "answers what each answers, or a struct with faultCode and faultString.",
        parameters: [LIST],
      },
      async (caller, calls) => {
        const answers: RpcValue[] = [];
        for (const one of calls) {
          if (caller.gone.aborted) break;
          answers.push(await answerOf(one, (name, given) => call(caller, name, given)));
        }
        return answers;
      },
    ),
  ];
}

async function answerOf(
  one: RpcValue,
  call: (name: string, parameters: readonly RpcValue[]) => Promise<RpcValue>,
): Promise<RpcValue> {
  try {
    const { methodName, params = [] } = isStruct(one) ? one : {};
    if (typeof methodName !== "string" || !isArray(params))
      throw new RpcFault("INCORRECT_PARAMETERS", "No methodName");
    if (methodName === MULTICALL)
      throw new RpcFault("INCORRECT_PARAMETERS", "Recursive system.multicall forbidden");
    return await call(methodName, params);
  } catch (failure) {
    if (!(failure instanceof RpcFault)) throw failure;
    return failure.struct;
  }
}
