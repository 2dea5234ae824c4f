#!/usr/bin/perl
# A small server that owes nothing to Java: forks a worker for each connection, keeps connections alive, drains on
# SIGTERM. Uses only what the package perl-base has. Told all it needs by the environment that AppSpec.command gives.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use POSIX ':sys_wait_h';

use constant IDLE => 75;        # seconds; longer than Nginx keeps an idle connection, so that it is never surprised
use constant LAST_CALL => 0.3;  # seconds in which a draining worker still takes a request on its connection
use constant STEP => 0.1;       # seconds; how long a signal may wait to be looked at

my $id = $ENV{INSTANCE_ID} // die "INSTANCE_ID is not set\n";
my $draining = 0;
$SIG{TERM} = sub { $draining = 1 };
$SIG{PIPE} = 'IGNORE';
$| = 1;

if (@ARGV && $ARGV[0] eq 'broken') { print STDERR "no licence found for $id\n"; exit 9 }

my $listener = IO::Socket::INET->new(LocalAddr => $ENV{HOST}, LocalPort => $ENV{PORT}, Listen => 128, ReuseAddr => 1)
    or die "cannot listen on port $ENV{PORT}: $@\n";
$listener->blocking(0);
my $door = IO::Select->new($listener);
my %workers;
print "$id listens on port $ENV{PORT}\n";

until ($draining) {
  for (my $ended = waitpid(-1, WNOHANG); $ended > 0; $ended = waitpid(-1, WNOHANG)) { delete $workers{$ended} }
  take() if $door->can_read(STEP);
}
take() while $door->can_read(0);  # who has connected already is served
close $listener;
kill TERM => keys %workers;
1 while waitpid(-1, 0) > 0;
print "$id has drained\n";
exit 0;

sub take {
  my $client = $listener->accept or return;
  defined(my $worker = fork) or die "cannot fork: $!\n";
  if ($worker) { $workers{$worker} = 1; close $client; return }
  close $listener;
  serve($client);
  exit 0;
}

sub serve {
  my ($client) = @_;
  my $wire = IO::Select->new($client);
  my $buffer = '';
  my $waited = 0;
  while ($waited < ($draining ? LAST_CALL : IDLE)) {
    if (!$wire->can_read(STEP)) { $waited += STEP; next }
    my $count = sysread $client, $buffer, 8192, length $buffer;
    if (!defined $count) { next if $!{EINTR}; return }
    return if $count == 0;
    while ($buffer =~ s/\A(.*?)\r\n\r\n//s) {
      my $head = $1;
      my ($length) = $head =~ /^content-length:\s*(\d+)/mi;
      while (length $buffer < ($length // 0)) { sysread($client, $buffer, 8192, length $buffer) or return }
      substr($buffer, 0, $length // 0) = '';
      $waited = 0;
      return unless answer($client, $head);
    }
  }
}

# Whether the connection stays open.
sub answer {
  my ($client, $head) = @_;
  my ($path) = $head =~ m{\A\S+ (\S+) };
  my ($status, $body) = $path eq '/health/ready' ? (redis('PING') eq '+PONG' ? '200 OK' : '503 No Redis', '')
      : $path eq '/stores' ? ('200 OK', stores())
      : $path eq '/count' ? ('200 OK', redis('INCR requests'))
      : ('200 OK', "$id $path\n");
  my $closing = $draining || $head =~ /^connection:\s*close/mi;
  my $text = "HTTP/1.1 $status\r\nX-Instance-Id: $id\r\nContent-Length: " . length($body) . "\r\n"
      . ($closing ? "Connection: close\r\n" : '') . "\r\n$body";
  while (length $text) {
    my $count = syswrite $client, $text;
    if (!defined $count) { next if $!{EINTR}; return 0 }
    substr($text, 0, $count) = '';
  }
  return !$closing;
}

sub stores { return 'redis ' . redis('PING') . ", postgres $ENV{DB_NAME} as $ENV{DB_USER}: " . postgres() }

# The first line that Redis answers.
sub redis {
  my ($command) = @_;
  my $redis = IO::Socket::INET->new(PeerAddr => $ENV{REDIS_HOST}, PeerPort => $ENV{REDIS_PORT}, Timeout => 2)
      or return "(no connection: $@)";
  print $redis "$command\r\n";
  my $line = <$redis> // '';
  $line =~ s/\r\n\z//;
  return $line;
}

# What PostgreSQL answers to the request for TLS: S or N, so it is one.
sub postgres {
  my $postgres = IO::Socket::INET->new(PeerAddr => $ENV{DB_HOST}, PeerPort => $ENV{DB_PORT}, Timeout => 2)
      or return "(no connection: $@)";
  print $postgres pack('NN', 8, 80877103);
  read $postgres, my $answer, 1;
  return $answer;
}
