/** `system.*`: what methods there are, and many calls in one. */
import { RpcFault } from "./faults.ts";
import { type Caller, LIST, type Method, method, TEXT } from "./method.ts";
import { isArray, isStruct, type RpcValue, sizeOf } from "./values.ts";
import { Gone } from "./waiting.ts";

const MULTICALL = "system.multicall";
const MOST_CALLS = 100;
/** All answers are in memory at once. */
const MOST_ANSWER_CHARACTERS = 8 << 20;

/**
 * @param find  by name; undefined: there is none
 * @param call  calls a method as any request does. @throws RpcFault, Gone
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
          `Calls methods one after the other, up to ${MOST_CALLS}. Takes an array of structs, each with methodName ` +
          "and params; answers what each answers, or a struct with faultCode and faultString.",
        parameters: [LIST],
      },
      (caller, calls) => callAll(caller, calls, call),
    ),
  ];
}

type Call = Parameters<typeof systemMethods>[1];

/** Others have their turn between two calls. What would be too long together is not called any more. */
async function callAll(
  caller: Caller,
  calls: readonly RpcValue[],
  call: Call,
): Promise<readonly RpcValue[]> {
  if (calls.length > MOST_CALLS)
    throw new RpcFault("BAD_ARGUMENTS", `more than ${MOST_CALLS} calls at a time: make fewer`);
  const answers: RpcValue[] = [];
  let characters = 0;
  for (const one of calls) {
    if (characters > MOST_ANSWER_CHARACTERS) {
      answers.push(TOO_LONG.struct);
      continue;
    }
    await new Promise((resolve) => setImmediate(resolve));
    if (caller.gone.aborted) throw new Gone("nobody waits for the other answers");
    const answer = await answerOf(one, (name, given) => call(caller, name, given));
    characters += sizeOf(answer);
    answers.push(answer);
  }
  return answers;
}

const TOO_LONG = new RpcFault("FAILED", "not called: the answers before it are long enough");

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
