/** How the programs are called in every table. */

export const OURS = "Timberline";
export const C_MULTILOG = "C multilog";
export const S6_LOG = "s6-log";
export const SVLOGD = "svlogd";
export const SVLOGD_BEST = "svlogd -b";
export const ROTATELOGS = "rotatelogs";
export const CAT = "cat";
export const BARE_LOOP = "bare loop";
export const SONIC_BOOM = "sonic-boom";
export const PINO = "pino";
export const PINO_BEST = "pino async";
export const PINO_ROLL = "pino-roll";
export const WINSTON = "winston";
export const WINSTON_BEST = "winston plain";
export const RSYSLOG_UNIX = "rsyslog unix";
export const RSYSLOG_UNIX_BEST = "rsyslog unix tuned";
export const RSYSLOG_TCP = "rsyslog TCP";
export const RSYSLOG_TCP_BEST = "rsyslog TCP tuned";
export const RSYSLOG_UDP = "rsyslog UDP";
export const RSYSLOG_UDP_BEST = "rsyslog UDP tuned";

/** Those that look after a log directory as multilog does. */
export const MULTILOGS: readonly string[] = [C_MULTILOG, S6_LOG, SVLOGD, SVLOGD_BEST];
export const PLAIN_WRITERS: readonly string[] = [ROTATELOGS, CAT, BARE_LOOP];
export const NPM: readonly string[] = [
  SONIC_BOOM,
  PINO,
  PINO_BEST,
  PINO_ROLL,
  WINSTON,
  WINSTON_BEST,
];
export const SYSLOGS: readonly string[] = [
  RSYSLOG_UNIX,
  RSYSLOG_UNIX_BEST,
  RSYSLOG_TCP,
  RSYSLOG_TCP_BEST,
  RSYSLOG_UDP,
  RSYSLOG_UDP_BEST,
];
/** With which a service or a few are compared in detail: of each kind one, as it is. */
export const DAEMONS: readonly string[] = [C_MULTILOG, S6_LOG, SVLOGD, RSYSLOG_UNIX, RSYSLOG_TCP];
export const EVERYONE: readonly string[] = [...MULTILOGS, ...PLAIN_WRITERS, ...NPM, ...SYSLOGS];
