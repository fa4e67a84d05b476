# Says lines by syslog(3): speak.pl COUNT. Prints its process id.
use strict;
use warnings;
use Sys::Syslog qw(:standard :macros);

Sys::Syslog::setlogsock("native");
openlog("it", "pid", LOG_DAEMON);
syslog(LOG_INFO, "line %d", $_) for 1 .. $ARGV[0];
print $$;
