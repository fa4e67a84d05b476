# daemon.pl SHAPE HOW [CODE]: starts a daemon, writes its process id into ./pid and exits with CODE (0).
# The daemon ends as HOW says: an exit code, or the name of a signal that it sends itself.
#   late    after this program has exited
#   early   before that; this program does not ask how
#   double  late, and forked twice
#   swept   early, and forked twice: its own parent is gone by then. The process id stands in ./new until
#           standard input has a line
#   owned   late, when standard input has a line; its parent stays as long as it does
#   heard   writes the name of each signal into ./heard, and ends at TERM
use strict;
use POSIX ();

my ($shape, $how, $code) = @ARGV;
pipe(my $read, my $write) or die;
# Ends when this program does: it alone has the writing end.
sub parents_end { close $write; my $end = <$read> }
sub finish { $how =~ /^[0-9]/ ? POSIX::_exit($how) : (kill($how, $$), sleep) }
sub record { my ($pid) = @_; open my $file, ">", "pid" or die; print $file "$pid\n"; close $file }
sub leave { POSIX::_exit($code // 0) }

if ($shape eq "early") {
  my $pid = fork;
  finish() if !$pid;
  close $write;
  # Waits without taking how it ended.
  until (`grep State: /proc/$pid/status` =~ /Z/) { select undef, undef, undef, 0.002 }
  record($pid);
  leave();
}
if ($shape eq "late" || $shape eq "heard") {
  my $pid = fork;
  if (!$pid) {
    hear() if $shape eq "heard";
    parents_end();
    finish();
  }
  record($pid);
  leave();
}
# One process in between, which is gone or stays.
pipe(my $told, my $tell) or die;
my $between = fork;
if (!$between) {
  my $pid = fork;
  if (!$pid) {
    if ($shape eq "owned") { close $write; my $line = <STDIN> } else { parents_end() }
    finish();
  }
  syswrite $tell, "$pid\n";
  close $write;
  waitpid $pid, 0 if $shape eq "owned";
  POSIX::_exit(0);
}
my $daemon = <$told> + 0;
if ($shape eq "swept") {
  close $write;
  open my $new, ">", "new.part" or die;
  print $new "$daemon\n";
  close $new;
  rename "new.part", "new";
  my $line = <STDIN>;
}
record($daemon);
waitpid $between, 0 if $shape eq "double";
leave();

sub hear {
  close $write;
  open my $heard, ">>", "heard" or die;
  for my $name (grep { !/^(KILL|STOP|CHLD|CLD|IOT|POLL|UNUSED|NUM|RT|__)/ } keys %SIG) {
    $SIG{$name} = sub { syswrite $heard, "$name\n"; POSIX::_exit($how) if $name eq "TERM" };
  }
  syswrite $heard, "listening\n";
  # As long as there is the directory of the test.
  sleep 1 while -e "heard";
}
