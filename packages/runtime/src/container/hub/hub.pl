# Carries connections between a workspace's network and the machine, as many as there are, over its standard streams.
# Devstead runs it in the hub of the workspace's containers, whatever the engine and wherever that is.
#
# A message is a letter, a number of 4 bytes, a length of 4 bytes, and so many bytes:
#   U host port   send datagrams there; each D is one, and what nobody takes is lost; answered by O
#   C host port   connect as this number           O    it is connected       X why   it is not
#   D bytes       both ways                        E    no more comes         K       it is over
#   L address port  listen; the number is the answer's    A    somebody came, with a number above 2**31, and waits
#   W port,port   answered by W when something listens at each of them here
#   P             answered by P with all ports at which something listens here
use strict;
use warnings;
use Socket;
use IO::Handle;

use constant { CHUNK => 65536, MOST => 1 << 20 };
my (%socket, %out, %ended, %listener, %wait, %is_datagram);
my ($in, $to_host, $next) = ('', '', 2**31);
my ($seen, $look_at) = ('', 0);
binmode STDIN;
binmode STDOUT;
STDIN->blocking(0);
STDOUT->blocking(0);
$SIG{PIPE} = 'IGNORE';

sub tell_host { my ($letter, $id, $text) = @_; $to_host .= pack('a N N', $letter, $id, length $text) . $text }

sub ports {
    my %ports;
    for my $file ('/proc/net/tcp', '/proc/net/tcp6') {
        open my $rows, '<', $file or next;
        while (<$rows>) { $ports{hex $1} = 1 if /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ 0A / }
    }
    return \%ports;
}

# How many sockets of TCP are in use: a number that the kernel has, while the tables above are looked through for long.
sub sockets {
    my $count = '';
    for my $file ('/proc/net/sockstat', '/proc/net/sockstat6') {
        open my $rows, '<', $file or next;
        while (<$rows>) { $count .= "$1 " if /^TCP6?: inuse (\d+)/ }
    }
    return $count;
}

sub forget {
    my ($id, $is_told) = @_;
    return unless delete $socket{$id};
    delete $out{$id};
    delete $ended{$id};
    delete $is_datagram{$id};
    tell_host('K', $id, '') unless $is_told;
}

sub keep {
    my ($id, $socket) = @_;
    $socket->blocking(0);
    setsockopt $socket, 6, 1, pack 'i', 1;
    $socket{$id} = $socket;
    $out{$id} = '';
    $ended{$id} = 0;
}

sub reach {
    my ($id, $host, $port) = @_;
    my @places = $host eq 'localhost' ? ('127.0.0.1', '::1') : ($host);
    for my $place (@places) {
        my ($family, $target) = (AF_INET);
        if ($place =~ /:/) { ($family, $target) = (AF_INET6, pack_sockaddr_in6($port, Socket::inet_pton(AF_INET6, $place))) }
        else {
            my $address = inet_aton($place) or next;
            $target = pack_sockaddr_in($port, $address);
        }
        socket(my $socket, $family, SOCK_STREAM, 0) or next;
        next unless connect $socket, $target;
        keep($id, $socket);
        return tell_host('O', $id, '');
    }
    tell_host('X', $id, "$!");
}

sub reach_datagrams {
    my ($id, $host, $port) = @_;
    my $address = inet_aton($host eq 'localhost' ? '127.0.0.1' : $host) or return tell_host('X', $id, 'no such host');
    socket(my $socket, AF_INET, SOCK_DGRAM, 0) or return tell_host('X', $id, "$!");
    connect $socket, pack_sockaddr_in($port, $address) or return tell_host('X', $id, "$!");
    keep($id, $socket);
    $is_datagram{$id} = 1;
    tell_host('O', $id, '');
}

sub listen_at {
    my ($id, $address, $port) = @_;
    socket(my $socket, AF_INET, SOCK_STREAM, 0) or return tell_host('X', $id, "$!");
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, pack 'i', 1;
    bind $socket, pack_sockaddr_in($port, inet_aton($address)) and listen $socket, 128 or return tell_host('X', $id, "$!");
    $socket->blocking(0);
    $listener{$id} = $socket;
    tell_host('O', $id, '');
}

sub obey {
    my ($letter, $id, $text) = @_;
    if ($letter eq 'D' && $is_datagram{$id}) { send $socket{$id}, $text, 0 }
    elsif ($letter eq 'D') { $out{$id} .= $text if $socket{$id} }
    elsif ($letter eq 'U') { reach_datagrams($id, split / /, $text) }
    elsif ($letter eq 'C') { reach($id, split / /, $text) }
    elsif ($letter eq 'E') { $ended{$id} |= 1 if $socket{$id} }
    # What was sent before still goes out.
    elsif ($letter eq 'K') { if (length($out{$id} // '')) { $ended{$id} |= 11 } else { forget($id, 1) } }
    elsif ($letter eq 'L') { listen_at($id, split / /, $text) }
    elsif ($letter eq 'W') { ($wait{$id}, $look_at) = ($text, 0) }
    elsif ($letter eq 'P') { tell_host('P', $id, join ',', sort { $a <=> $b } keys %{ports()}) }
}

while (1) {
    my ($read, $write) = ('', '');
    my $is_full = length $to_host > MOST || grep { length > 4 * MOST } values %out;
    vec($read, fileno STDIN, 1) = 1 unless $is_full;
    vec($write, fileno STDOUT, 1) = 1 if length $to_host;
    vec($read, fileno $_, 1) = 1 for values %listener;
    for my $id (keys %socket) {
        vec($read, fileno $socket{$id}, 1) = 1 if !($ended{$id} & 2) && length $to_host < MOST;
        vec($write, fileno $socket{$id}, 1) = 1 if length $out{$id};
    }
    select $read, $write, undef, %wait ? 0.005 : undef;
    if (%wait && (sockets() ne $seen || time >= $look_at)) {
        # One that begins after the count counts next time, and what leaves the count as it was is seen a second later.
        ($seen, $look_at) = (sockets(), time + 1);
        my $ports = ports();
        for my $id (keys %wait) {
            next if grep { !$ports->{$_} } split /,/, $wait{$id};
            delete $wait{$id};
            tell_host('W', $id, '');
        }
    }
    if (length $to_host && vec($write, fileno STDOUT, 1)) {
        my $sent = syswrite STDOUT, $to_host;
        if (defined $sent) { substr $to_host, 0, $sent, '' }
        elsif (!$!{EAGAIN} && !$!{EINTR}) { exit 0 }
    }
    if (vec($read, fileno STDIN, 1)) {
        my $got = sysread STDIN, $in, CHUNK, length $in;
        exit 0 if defined $got && $got == 0;
        while (length $in >= 9) {
            my ($letter, $id, $length) = unpack 'a N N', $in;
            last if length $in < 9 + $length;
            my $text = substr $in, 9, $length;
            substr $in, 0, 9 + $length, '';
            obey($letter, $id, $text);
        }
    }
    for my $listener (values %listener) {
        next unless vec($read, fileno $listener, 1);
        accept my $client, $listener or next;
        keep(++$next, $client);
        tell_host('A', $next, '');
    }
    for my $id (keys %socket) {
        my $one = $socket{$id};
        if (length $out{$id} && vec($write, fileno $one, 1)) {
            my $sent = syswrite $one, $out{$id};
            if (defined $sent) { substr $out{$id}, 0, $sent, '' }
            elsif (!$!{EAGAIN} && !$!{EINTR}) { forget($id); next }
        }
        if (($ended{$id} & 8) && !length $out{$id}) { forget($id, 1); next }
        if (($ended{$id} & 5) == 1 && !length $out{$id}) {
            shutdown $one, 1;
            $ended{$id} |= 4;
        }
        if ($is_datagram{$id} && vec($read, fileno $one, 1)) {
            # An answer that nobody was there for the last one is no end.
            my $got = sysread $one, my $text, CHUNK;
            tell_host('D', $id, $text) if defined $got;
            next;
        }
        if (!($ended{$id} & 2) && vec($read, fileno $one, 1)) {
            my $got = sysread $one, my $text, CHUNK;
            if ($got) { tell_host('D', $id, $text) }
            elsif (defined $got) { tell_host('E', $id, ''); $ended{$id} |= 2 }
            elsif (!$!{EAGAIN} && !$!{EINTR}) { forget($id); next }
        }
        forget($id) if ($ended{$id} & 6) == 6;
    }
}
