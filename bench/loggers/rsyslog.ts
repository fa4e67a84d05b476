/** rsyslog, with one way in and one file: as its modules come, and tuned for many lines. */
import fs from "node:fs";
import { join } from "node:path";
import type { SocketKind } from "../sockets.ts";
import { socketAddress } from "../way-in.ts";
import { isOneLog, type Logger, logdirsOf, type Task } from "./logger.ts";

/** `2026-01-01T00:00:00.000000+00:00` and the blank before the message. */
const STAMP_BYTES = 33;

export function rsyslog(name: string, command: string, kind: SocketKind, isTuned: boolean): Logger {
  return {
    name,
    settings: isTuned
      ? `its best: a queue of a million, batches of 10,000, a write for each; ${tunedInput[kind].about}`
      : "as its modules come, no limit on the rate",
    canDo: (task) => isOneLog(task) && task.sizeBytes === undefined,
    prepare: (task, directory) => {
      const configuration = join(directory, "rsyslog.conf");
      fs.writeFileSync(configuration, configure(task, directory, kind, isTuned));
      return {
        command,
        args: ["-n", "-C", "-i", join(directory, "pid"), "-f", configuration],
      };
    },
    wayIn: kind,
    form: { stampBytes: STAMP_BYTES },
  };
}

function configure(task: Task, directory: string, kind: SocketKind, isTuned: boolean): string {
  const log = join(logdirsOf(task, directory)[0] ?? directory, "log");
  const stamp = task.stamp ? "%timegenerated:::date-rfc3339%%msg%" : "%msg:2:$%";
  const address = socketAddress(kind, directory);
  const queue = `main_queue(queue.type="FixedArray" queue.size="1000000" queue.dequeueBatchSize="10000")`;
  const writing = 'ioBufferSize="1m"';
  return [
    `global(workDirectory="${directory}" net.enableDNS="off")`,
    ...(isTuned ? [queue] : []),
    ...(isTuned ? tunedInput[kind].lines(address) : usualInput[kind](address)),
    `template(name="line" type="string" string="${stamp}\\n")`,
    `action(type="omfile" file="${log}" template="line" ${isTuned ? writing : ""})`,
    "",
  ].join("\n");
}

const unix = (address: string): string[] => [
  'module(load="imuxsock" SysSock.Use="off")',
  `input(type="imuxsock" Socket="${address}" RateLimit.Interval="0")`,
];
const usualInput: Readonly<Record<SocketKind, (address: string) => string[]>> = {
  "unix datagram": unix,
  TCP: (port) => ['module(load="imtcp")', `input(type="imtcp" address="127.0.0.1" port="${port}")`],
  UDP: (port) => ['module(load="imudp")', `input(type="imudp" address="127.0.0.1" port="${port}")`],
};

interface TunedInput {
  readonly about: string;
  readonly lines: (address: string) => string[];
}

const tunedInput: Readonly<Record<SocketKind, TunedInput>> = {
  "unix datagram": { about: "imuxsock", lines: unix },
  TCP: {
    about: "imptcp",
    lines: (port) => [
      'module(load="imptcp")',
      `input(type="imptcp" address="127.0.0.1" port="${port}")`,
    ],
  },
  UDP: {
    about: "imudp with a buffer of 64 MB",
    lines: (port) => [
      'module(load="imudp" batchSize="128")',
      `input(type="imudp" address="127.0.0.1" port="${port}" rcvbufSize="64m")`,
    ],
  },
};
