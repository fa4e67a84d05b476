/** A call, from its bytes to the bytes of its answer. */
import type { Posix } from "../../posix/index.ts";
import type { Site } from "../server/site.ts";
import { clearMethods } from "./clear-methods.ts";
import { configMethods } from "./config-methods.ts";
import { daemonMethods } from "./daemon-methods.ts";
import { RpcFault } from "./faults.ts";
import { logMethods } from "./log-methods.ts";
import type { Caller, Method } from "./method.ts";
import { processMethods } from "./process-methods.ts";
import { compare } from "./processes.ts";
import { Supervisord } from "./supervisord.ts";
import { systemMethods } from "./system-methods.ts";
import type { RpcValue } from "./values.ts";
import { readCall } from "./xml-reader.ts";
import { writeAnswer, writeFault } from "./xml-writer.ts";

/** The server is read-only, and the method is one that changes something. */
export class Forbidden extends Error {
  override readonly name = "Forbidden";
}

export class Answerer {
  readonly supervisord: Supervisord;
  private readonly methods: ReadonlyMap<string, Method>;

  constructor(site: Site, posix: Posix) {
    this.supervisord = new Supervisord(site, posix);
    const methods: Method[] = [
      ...daemonMethods(this.supervisord),
      ...processMethods(this.supervisord),
      ...logMethods(this.supervisord),
      ...clearMethods(this.supervisord),
      ...configMethods(this.supervisord),
      ...systemMethods(
        () => methods,
        (caller, name, parameters) => this.callInside(caller, name, parameters),
      ),
    ].sort((a, b) => compare(a.name, b.name));
    this.methods = new Map(methods.map((one) => [one.name, one]));
  }

  /** @throws BadCall, Forbidden, Gone */
  async answer(bytes: Uint8Array, caller: Caller): Promise<string> {
    const { method, parameters } = readCall(bytes);
    try {
      return writeAnswer(await this.call(caller, method, parameters));
    } catch (failure) {
      if (!(failure instanceof RpcFault)) throw failure;
      return writeFault(failure);
    }
  }

  private async call(
    caller: Caller,
    name: string,
    parameters: readonly RpcValue[],
  ): Promise<RpcValue> {
    const { site, state } = this.supervisord;
    const method = this.methods.get(name);
    if (name.startsWith("supervisor.") && state !== "RUNNING") throw new RpcFault("SHUTDOWN_STATE");
    if (method === undefined) throw new RpcFault("UNKNOWN_METHOD");
    if (method.changes && site.readOnly) throw new Forbidden("nothing may be changed here");
    return method.call(caller, parameters);
  }

  /** One of several calls: the others have their turn all the same. */
  private async callInside(
    caller: Caller,
    name: string,
    parameters: readonly RpcValue[],
  ): Promise<RpcValue> {
    try {
      return await this.call(caller, name, parameters);
    } catch (failure) {
      if (failure instanceof Forbidden) throw new RpcFault("FAILED", failure.message);
      throw failure;
    }
  }
}
