#!/usr/bin/perl
# probe.pl FILE: writes into FILE what a program finds of itself that a caller can decide.
# Perl, as it starts in 2 ms. Numbers of processes and pipes are left to whoever reads this.
use strict;
use warnings;

my @fds;
opendir(my $dir, "/proc/self/fd") or die "no /proc: $!";
for my $fd (sort { $a <=> $b } grep { /^\d+$/ } readdir $dir) {
  my $target = readlink("/proc/self/fd/$fd");
  next if $target =~ m{^/proc/\d+/fd$};
  push @fds, "fd $fd $target " . (grep { /^flags/ } lines("/proc/self/fdinfo/$fd"))[0];
}
closedir $dir;
my @found = (
  "pid $$ parent " . getppid() . " group " . getpgrp() . " session " . session(),
  @fds,
  (grep { /^(Uid|Gid|Groups|Umask|Sig(Blk|Ign|Cgt)|ShdPnd|SigPnd|Cap|NoNewPrivs)/ } lines("/proc/self/status")),
  lines("/proc/self/limits"),
  "cwd " . readlink("/proc/self/cwd"),
  "name " . (lines("/proc/self/comm"))[0],
  (map { "argument $_" } strings("/proc/self/cmdline")),
  (map { "variable $_" } strings("/proc/self/environ")),
);
open(my $out, ">", $ARGV[0]) or die "$ARGV[0]: $!";
print $out "$_\n" for @found;
close $out or die $!;

sub session { return (split / /, (lines("/proc/self/stat"))[0] =~ s/.*\) //r)[3] }

sub lines {
  open(my $in, "<", $_[0]) or die "$_[0]: $!";
  my @lines = <$in>;
  chomp @lines;
  return @lines;
}

sub strings {
  open(my $in, "<", $_[0]) or die "$_[0]: $!";
  local $/ = undef;
  return map { unpack("H*", $_) . " " . s/[^ -~]/?/gr } split /\0/, <$in> // "", -1;
}
