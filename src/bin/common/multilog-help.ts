/** What `multilog --help` says. */
export const HELP = `Usage: multilog ACTION…
       multilog --check ACTION…   says what the actions do, and finds mistakes

Reads lines from standard input and writes them to automatically rotated logs. Actions, in order:

  t           put a TAI64N label in front of each line (first action only); T: seconds since 1970
  -PATTERN    deselect lines that match       +PATTERN    select lines that match
              * skips to the next character of the pattern; F: patterns are fnmatch from here on,
              S: simple again
  e           selected lines to stderr        =FILE       the last selected line into FILE
  ./DIR /DIR  selected lines to the log directory, as the settings before it say:
    sSIZE     rotate current at SIZE bytes (99999)      nNUMBER   keep that many files (10)
    !COMMAND  finished files go through /bin/sh -c COMMAND
    wCODE     finished files are named @LABEL.CODE (s)
    :total=1g :age=7d    oldest files go beyond this size in all, or this age
    :every=1d            rotate by the clock as well
    :sync=always|5s      fsync before lines are taken from the input, or so often
  :stamp=iso|local       a time for people in front of each line, instead of t
  :stats=FILE            keep an account of everything in FILE, as JSON

Signals: TERM finishes the line and ends, leaving the rest in the pipe; ALRM rotates now.
Exit codes: 0 end of input or TERM; 100 bad action; 111 system trouble; 101 our own fault.`;
