# Carries connections from a workspace's network to the package index of this machine, and has the index started when the
# first one comes. launcher.pl starts it:
#
#   SETNS REPORT HOLDER KINDS PORT ADDRESSES FOLDER STARTER...
#
# SETNS is the number of setns(2), REPORT a descriptor on which `ready` or a reason is written, KINDS the namespaces of
# the process HOLDER that are entered (with commas), ADDRESSES where connections are taken at PORT (with commas). The index
# listens at the socket `socket` in FOLDER; STARTER is the command that starts it.
#
# It is two processes, because from inside the workspace there is no way back to the machine's network, where the index
# belongs: the one inside relays, the one outside starts. Neither lives without the other. The environment is that of the
# index, and beside it the workspace's marker.
use strict;

# What the modules `constant`, `warnings` (-w) and `Errno` are for; to load them takes a third of the start.
BEGIN {
    my %constants = (
        AF_UNIX => 1, AF_INET => 2, SOCK_STREAM => 1, SOL_SOCKET => 1, SO_REUSEADDR => 2, IPPROTO_IP => 0, IP_FREEBIND => 15,
        WNOHANG => 1, CHUNK => 65536, MOST_WAITING => 262144, MOST_CONNECTIONS => 400, PATIENCE => 30, PAUSE => 0.05,
        EINTR => 4, EAGAIN => 11, EADDRINUSE => 98,
    );
    for my $name (keys %constants) {
        my $value = $constants{$name};
        no strict 'refs';
        *$name = sub () { $value };
    }
}

my ($sys_setns, $report_fd, $holder, $kinds, $port, $addresses, $folder, @starter) = @ARGV;
open my $report, '>&=', $report_fd or exit 1;
pipe(my $wishes, my $wish) or exit 1;
pipe(my $life, my $lifeline) or exit 1;
$SIG{PIPE} = 'IGNORE';
my $inner = fork // exit 1;
if ($inner == 0) {
    close $wishes;
    close $lifeline;
    eval { relay(); 1 } or syswrite $report, $@;
    exit 1;
}
close $wish;
close $life;
close $report;
keep();

# Starts the index whenever the process inside wishes it, unless the one it started last is still there.
sub keep {
    delete $ENV{DEVSTEAD_WORKSPACE_FOLDER};
    my $index;
    while (1) {
        my $got = sysread $wishes, my $byte, 100;
        next if !defined $got && $! == EINTR;
        last unless $got;
        next if defined $index && waitpid($index, WNOHANG) == 0;
        $index = fork // next;
        next if $index != 0;
        close $wishes;
        close $lifeline;
        umask 0077;
        open STDOUT, '>', "$folder/service.log" or open STDOUT, '>', '/dev/null';
        open STDERR, '>&', \*STDOUT;
        exec { $starter[0] } @starter or exit 127;
    }
    exit 0;
}

sub enter {
    my @kinds = split /,/, $kinds;
    my @files = map { open my $file, '<', "/proc/$holder/ns/$_" or die "the sandbox is gone: $!\n"; $file } @kinds;
    for my $file (@files) { syscall($sys_setns + 0, fileno $file, 0) == 0 or die "setns: $!\n" }
    return unless grep { $_ eq 'user' } @kinds;
    $( = 0;
    $) = '0 0';
    ($<, $>) = (0, 0);
}

# Also at an address that the network gets later.
sub listen_at {
    my ($address) = @_;
    socket(my $socket, AF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, pack 'i', 1;
    setsockopt $socket, IPPROTO_IP, IP_FREEBIND, pack 'i', 1;
    my $place = pack 'S n C4 x8', AF_INET, $port, split /\./, $address;
    # The one before may be ending just now.
    for my $try (1 .. 20) {
        last if bind $socket, $place;
        die "$address:$port: $!\n" if $! != EADDRINUSE || $try == 20;
        select undef, undef, undef, PAUSE;
    }
    listen $socket, 128 or die "$address:$port: $!\n";
    $socket->blocking(0);
    return $socket;
}

# A connection to the index, or nothing while nobody listens. The path is short, because its folder is where we are.
sub reach_index {
    chdir $folder or return;
    socket(my $socket, AF_UNIX, SOCK_STREAM, 0) or return;
    connect $socket, pack 'S a108', AF_UNIX, 'socket' or return;
    $socket->blocking(0);
    return $socket;
}

# Each connection: the client, the index's end once there is one, and of both what was read and not yet written, and
# whether its end came.
my (%connections, %waiting);

sub relay {
    require IO::Handle;
    enter();
    my @listeners = map { listen_at($_) } split /,/, $addresses;
    syswrite $report, "ready\n";
    close $report;
    my $wished = 0;
    while (1) {
        my ($read, $write) = ('', '');
        vec($read, fileno $life, 1) = 1;
        my $is_full = keys %connections >= MOST_CONNECTIONS;
        for my $listener (@listeners) { vec($read, fileno $listener, 1) = 1 unless $is_full }
        for my $one (grep { defined $_->{index} } values %connections) { watch($one, \$read, \$write) }
        select $read, $write, undef, %waiting ? PAUSE : undef;
        exit 0 if vec($read, fileno $life, 1);
        for my $listener (@listeners) { take($listener) if vec($read, fileno $listener, 1) }
        if (%waiting && !serve_waiting() && time >= $wished) {
            syswrite $wish, 'x';
            $wished = time + 1;
        }
        for my $one (grep { defined $_->{index} } values %connections) { carry($one, $read, $write) }
    }
}

sub take {
    my ($listener) = @_;
    accept my $client, $listener or return;
    $client->blocking(0);
    my $one = { client => $client, since => time, client_text => '', index_text => '', client_end => 0, index_end => 0 };
    $connections{$one} = $waiting{$one} = $one;
}

# Connects those that wait. True when the index takes connections.
sub serve_waiting {
    for my $one (values %waiting) {
        if (my $index = reach_index()) {
            $one->{index} = $index;
            delete $waiting{$one};
            next;
        }
        if (time - $one->{since} > PATIENCE) { refuse($one) }
        return 0;
    }
    return 1;
}

sub refuse {
    my ($one) = @_;
    my $text = "The package index of this machine could not be started; its log is $folder/service.log there.\n";
    syswrite $one->{client}, "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nConnection: close\r\n"
        . 'Content-Length: ' . length($text) . "\r\n\r\n$text";
    forget($one);
}

sub forget {
    my ($one) = @_;
    delete $connections{$one};
    delete $waiting{$one};
}

sub watch {
    my ($one, $read, $write) = @_;
    for my $side (['client', 'index'], ['index', 'client']) {
        my ($from, $to) = @$side;
        my $waits = length $one->{"${from}_text"};
        vec($$read, fileno $one->{$from}, 1) = 1 if !$one->{"${from}_end"} && $waits < MOST_WAITING;
        vec($$write, fileno $one->{$to}, 1) = 1 if $waits;
    }
}

# Carries what came from each side to the other; an end is passed on when all before it is.
sub carry {
    my ($one, $read, $write) = @_;
    for my $side (['client', 'index'], ['index', 'client']) {
        my ($from, $to) = @$side;
        if (!$one->{"${from}_end"} && vec($read, fileno $one->{$from}, 1)) {
            my $got = sysread $one->{$from}, $one->{"${from}_text"}, CHUNK, length $one->{"${from}_text"};
            return forget($one) if !defined $got && $! != EAGAIN && $! != EINTR;
            $one->{"${from}_end"} = 1 if defined $got && $got == 0;
        }
        if (length $one->{"${from}_text"}) {
            my $sent = syswrite $one->{$to}, $one->{"${from}_text"};
            return forget($one) if !defined $sent && $! != EAGAIN && $! != EINTR;
            substr $one->{"${from}_text"}, 0, $sent, '' if $sent;
        }
        if ($one->{"${from}_end"} == 1 && !length $one->{"${from}_text"}) {
            shutdown $one->{$to}, 1;
            $one->{"${from}_end"} = 2;
        }
    }
    forget($one) if $one->{client_end} == 2 && $one->{index_end} == 2;
}
