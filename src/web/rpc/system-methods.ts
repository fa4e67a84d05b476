/** `system.*`: what methods there are, and many calls in one. */
import { turn } from "../../posix/index.ts";
import { RpcFault } from "./faults.ts";
import { type Caller, LIST, type Method, method, TEXT } from "./method.ts";
import { isArray, isStruct, type RpcValue, sizeOf } from "./values.ts";
import { Gone } from "./waiting.ts";

const MULTICALL = "system.multicall";
const MOST_CALLS = 100;
/** All answers are in memory at once: those of one caller, and those of all who call now. */
const MOST_ANSWER_CHARACTERS = 8 << 20;
const MOST_CHARACTERS_OF_ALL = 4 * MOST_ANSWER_CHARACTERS;

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
  const ofAll: Shared = { characters: 0, turn: Promise.resolve() };
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
      (caller, calls) => callAll(caller, calls, call, ofAll),
    ),
  ];
}

type Call = Parameters<typeof systemMethods>[1];

/** What is of all callers together. */
interface Shared {
  /** Of what waits to be answered. */
  characters: number;
  /** The last turn that was given: whoever calls next comes behind it. */
  turn: Promise<void>;
}

/** Others have their turn between two calls, whoever makes them. What would be too long is not called any more. */
async function callAll(
  caller: Caller,
  calls: readonly RpcValue[],
  call: Call,
  ofAll: Shared,
): Promise<readonly RpcValue[]> {
  if (calls.length > MOST_CALLS)
    throw new RpcFault("BAD_ARGUMENTS", `more than ${MOST_CALLS} calls at a time: make fewer`);
  const answers: RpcValue[] = [];
  let characters = 0;
  try {
    for (const one of calls) {
      if (characters > MOST_ANSWER_CHARACTERS || ofAll.characters > MOST_CHARACTERS_OF_ALL) {
        answers.push(TOO_LONG.struct);
        continue;
      }
      await (ofAll.turn = ofAll.turn.then(turn));
      if (caller.gone.aborted) throw new Gone("nobody waits for the other answers");
      const answer = await answerOf(one, (name, given) => call(caller, name, given));
      const size = sizeOf(answer);
      characters += size;
      ofAll.characters += size;
      answers.push(answer);
    }
    return answers;
  } finally {
    ofAll.characters -= characters;
  }
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
