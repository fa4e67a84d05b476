/** What a service directory says that has none of the files that a service is set up with. */
import type { ServiceSettings } from "../../src/supervise/index.ts";

export const DEFAULT_SETTINGS: ServiceSettings = {
  downSignal: "SIGTERM",
  killAfterMs: undefined,
  finishMs: 5000,
  notificationFd: undefined,
  lockFd: undefined,
  pidFile: undefined,
  backoffMs: undefined,
  mostDeaths: undefined,
  rememberedDeaths: 100,
  startMs: undefined,
  startRetries: undefined,
  exitCodes: undefined,
  killGroup: undefined,
  isEssential: false,
  after: [],
  faults: [],
};
