/** Supervisor's faults: its clients know these codes, and no others. */
import type { RpcStruct } from "./values.ts";

export const FAULTS = {
  UNKNOWN_METHOD: 1,
  INCORRECT_PARAMETERS: 2,
  BAD_ARGUMENTS: 3,
  SIGNATURE_UNSUPPORTED: 4,
  SHUTDOWN_STATE: 6,
  BAD_NAME: 10,
  BAD_SIGNAL: 11,
  NO_FILE: 20,
  NOT_EXECUTABLE: 21,
  FAILED: 30,
  ABNORMAL_TERMINATION: 40,
  SPAWN_ERROR: 50,
  ALREADY_STARTED: 60,
  NOT_RUNNING: 70,
  SUCCESS: 80,
  ALREADY_ADDED: 90,
  STILL_RUNNING: 91,
  CANT_REREAD: 92,
} as const;

export type FaultName = Exclude<keyof typeof FAULTS, "SUCCESS">;

/** What a method refuses to do, as its caller is told. */
export class RpcFault extends Error {
  override readonly name = "RpcFault";
  readonly code: number;

  /** @param detail  mostly the name as the caller gave it */
  constructor(fault: FaultName, detail?: string) {
    super(detail === undefined ? fault : `${fault}: ${detail}`);
    this.code = FAULTS[fault];
  }

  get struct(): RpcStruct {
    return { faultCode: this.code, faultString: this.message };
  }
}
