/** Facilities and severities by name: RFC 5424, section 6.2.1; the names are those of syslog.conf(5). */

const FACILITIES: readonly string[] =
  "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock"
    .concat(" local0 local1 local2 local3 local4 local5 local6 local7")
    .split(" ");
const SEVERITIES: readonly string[] = "emerg alert crit err warning notice info debug".split(" ");

export const HIGHEST_PRIORITY: number = FACILITIES.length * SEVERITIES.length - 1;
/** user.notice: what says none counts as this (RFC 3164, section 4.3.3). */
export const NO_PRIORITY = 13;
/** syslog.warning, syslog.info: what this program says itself. */
export const OWN_WARNING = 44;
export const OWN_NEWS = 46;

/** `facility.severity` and a blank for each priority. */
export const PRIORITY_NAMES: readonly Buffer[] = FACILITIES.flatMap((facility) =>
  SEVERITIES.map((severity) => Buffer.from(`${facility}.${severity} `)),
);
