# Does for one command of Devstead what needs system calls, in processes it forks: it makes a workspace's namespaces and
# mounts, starts containers in them and watches for services that listen. See launcher.ts for who speaks to it.
#
# Its words are the numbers of mount(2), umount2(2), unshare(2), setns(2) and prctl(2) on this processor. It reads requests
# from its input until that ends, and answers each on its output when it is done:
#
#   request   LENGTH\n, then LENGTH bytes: ID ORDER HOLDER KINDS GROUPS WORD... with NUL between them
#   answer    ID STATUS LENGTH\n, then LENGTH bytes of text; STATUS 0 is success
#
# A process of its own for each request first joins the control groups GROUPS (files, a line each) and then the namespaces KINDS
# (user, net, mnt, with commas; `net=FILE` is the network kept at a file in HOLDER's mounts) of the process HOLDER, where
# it becomes root when `user` is among them. What it is asked for by ORDER stands at each order below.
use strict;

# What the modules `constant`, `warnings` (-w) and `Errno` are for; to load them takes a third of the start.
BEGIN {
    my %constants = (
        SYS_OPEN_TREE => 428, SYS_MOVE_MOUNT => 429, SYS_OPENAT2 => 437, SYS_MOUNT_SETATTR => 442,
        O_WRONLY => 1, O_NONBLOCK => 0x800, O_PATH => 0x200000, RESOLVE_NO_MAGICLINKS => 2, RESOLVE_IN_ROOT => 16,
        AT_FDCWD => -100, AT_EMPTY_PATH => 0x1000, AT_RECURSIVE => 0x8000,
        OPEN_TREE_CLONE => 1, OPEN_TREE_CLOEXEC => 0x80000, MOVE_MOUNT_F_EMPTY_PATH => 4,
        MOUNT_ATTR_IDMAP => 0x100000, MS_RDONLY => 1, MS_REMOUNT => 0x20, MS_BIND => 0x1000, MS_REC => 0x4000,
        MS_PRIVATE => 0x40000, MNT_DETACH => 2,
        CLONE_NEWNS => 0x20000, CLONE_NEWUSER => 0x10000000, CLONE_NEWNET => 0x40000000,
        FS_IOC_GETFLAGS => 0x80086601, FS_IOC_SETFLAGS => 0x40086602, FS_TOPDIR_FL => 0x20000,
        LOCK_EX => 2, WNOHANG => 1, PR_SET_PDEATHSIG => 1, SIGTERM => 15,
        AF_INET => 2, AF_INET6 => 10, SOCK_STREAM => 1, SOCK_DGRAM => 2, SIOCSIFFLAGS => 0x8914, IFF_UP => 1,
        AF_NETLINK => 16, SOCK_RAW => 3, NETLINK_SOCK_DIAG => 4, SOCK_DIAG_BY_FAMILY => 20, NLM_F_REQUEST_DUMP => 0x301,
        NLMSG_ERROR => 2, NLMSG_DONE => 3, IPPROTO_TCP => 6, TCP_LISTEN => 10,
        EINTR => 4, EEXIST => 17,
    );
    for my $name (keys %constants) {
        my $value = $constants{$name};
        no strict 'refs';
        *$name = sub () { $value };
    }
}

our ($sys_mount, $sys_umount, $sys_unshare, $sys_setns, $sys_prctl) = map { int } @ARGV;
# syscall() takes no constant strings.
my $empty = '';
my $top = '/';

# A request to end may come before the work has begun.
my $is_asked_to_end = 0;
$SIG{TERM} = sub {
    $is_asked_to_end = 1;
    die "asked to end\n" if $^S;
};

sub take_count { my ($words) = @_; return splice @$words, 0, shift @$words }

sub mount_at {
    my ($source, $target, $type, $flags, $data) = @_;
    syscall($sys_mount, $source, $target, $type, $flags, $data) == 0 or die "$target: $!\n";
}

# Runs a program to its end and returns true when it ended with 0.
sub run { return (system { $_[0] } @_) == 0 }

sub enter_namespaces {
    my ($holder, @kinds) = @_;
    my @files = map {
        my ($kind, $kept) = split /=/;
        open my $file, '<', "/proc/$holder/" . (defined $kept ? "root$kept" : "ns/$kind") or die "the sandbox is gone: $!\n";
        $file;
    } @kinds;
    for my $file (@files) { syscall($sys_setns, fileno $file, 0) == 0 or die "setns: $!\n" }
    return unless grep { $_ eq 'user' } @kinds;
    $( = 0;
    $) = '0 0';
    ($<, $>) = (0, 0);
    $< == 0 && $> == 0 && $( == 0 or die "the sandbox's root cannot be assumed\n";
}

# namespaces NETWORK WAY GID_MAP UID_MAP
# A process, the holder, that keeps new user, mount and (NETWORK `own`) network namespaces alive and does nothing else.
# The maps are as in /proc/PID/uid_map, one range a line; WAY is how they are set: `write`, or `program` for
# newuidmap(1). Until it is asked for by `keep`, it ends with this process. Answers the holder's number.
my ($holder, $holder_input);

sub make_namespaces {
    my ($network, $way, $gid_map, $uid_map) = @_;
    pipe(my $ready_r, my $ready_w) or die "pipe: $!\n";
    pipe(my $input, $holder_input) or die "pipe: $!\n";
    $holder = fork // die "fork: $!\n";
    if ($holder == 0) {
        $SIG{TERM} = 'DEFAULT';
        close $holder_input;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', '/dev/null';
        open STDERR, '>', '/dev/null';
        my $flags = CLONE_NEWUSER | CLONE_NEWNS | ($network eq 'own' ? CLONE_NEWNET : 0);
        my $is_made = syscall($sys_unshare, $flags) == 0
            && syscall($sys_mount, $empty, $top, $empty, MS_REC | MS_PRIVATE, $empty) == 0;
        syswrite $ready_w, $is_made ? 'ready' : "user namespaces are not available: $!";
        sysread $input, my $word, 1;
        exec 'sleep', 'infinity' if $word;
        exit 1;
    }
    close $ready_w;
    sysread $ready_r, my $word, 1000;
    die(($word || 'the process of the namespaces ended') . "\n") if ($word // '') ne 'ready';
    if ($way eq 'program') {
        run('newgidmap', $holder, split ' ', $gid_map) or die "group ids cannot be mapped\n";
        run('newuidmap', $holder, split ' ', $uid_map) or die "user ids cannot be mapped\n";
    } else {
        for my $map ([gid_map => $gid_map], [uid_map => $uid_map]) {
            open my $file, '>', "/proc/$holder/$map->[0]" or die "$map->[0]: $!\n";
            syswrite $file, $map->[1] or die "$map->[0]: $!\n";
        }
    }
    return $holder;
}

# keep
# The holder lives on after this process.
sub keep_holder {
    syswrite $holder_input, 'k' or die "the holder ended: $!\n";
    close $holder_input;
    return $holder;
}

sub switch_on {
    my ($link) = @_;
    socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
    my $request = pack 'a16 s x14', $link, IFF_UP;
    ioctl($socket, SIOCSIFFLAGS, $request) or die "$link: $!\n";
}

my %mapped;

# A user namespace that only says how the ids of a mount are shown.
sub mapping_namespace {
    my ($uid_map, $gid_map) = @_;
    pipe(my $ready_r, my $ready_w) or die "pipe: $!\n";
    pipe(my $done_r, my $done_w) or die "pipe: $!\n";
    my $child = fork // die "fork: $!\n";
    if ($child == 0) {
        close $done_w;
        syscall($sys_unshare, CLONE_NEWUSER) == 0 or exit 1;
        syswrite $ready_w, 'x';
        sysread $done_r, my $end, 1;
        exit 0;
    }
    close $ready_w;
    sysread($ready_r, my $byte, 1) or die "a user namespace cannot be made\n";
    for my $map ([uid_map => $uid_map], [gid_map => $gid_map]) {
        open my $file, '>', "/proc/$child/$map->[0]" or die "$map->[0]: $!\n";
        syswrite $file, "$map->[1]\n" or die "$map->[0]: $!\n";
    }
    open my $namespace, '<', "/proc/$child/ns/user" or die "namespace: $!\n";
    close $done_w;
    waitpid $child, 0;
    return $namespace;
}

# stage WORK... where each WORK is a name and its words:
#   tmpfs TARGET DATA                        a tmpfs with these options
#   folder PATH UID GID                      a folder with this owner
#   bind SOURCE TARGET                       a folder of the machine, with all that is mounted below it
#   map SOURCE TARGET UID_MAP GID_MAP        the same, its ids shown as others (mount_setattr(2), MOUNT_ATTR_IDMAP; maps
#                                            as in /proc/PID/uid_map: on disk, shown as, count). For root only.
#   readonly FILE                            a file of the machine, which cannot be changed through these mounts
#   loopback                                 the loopback device is switched on
my %stage = (
    tmpfs => [2, sub { my ($target, $data) = @_; mount_at('stage', $target, 'tmpfs', 0, $data) }],
    folder => [3, sub {
        my ($path, $uid, $gid) = @_;
        mkdir $path or $! == EEXIST or die "$path: $!\n";
        chown $uid, $gid, $path or die "$path: $!\n";
    }],
    bind => [2, sub {
        my ($source, $target) = @_;
        make_place($source, $target);
        mount_at($source, $target, $empty, MS_BIND | MS_REC, $empty);
    }],
    map => [4, sub {
        my ($source, $target, $uid_map, $gid_map) = @_;
        my $namespace = $mapped{"$uid_map/$gid_map"} //= mapping_namespace($uid_map, $gid_map);
        my $tree = syscall(SYS_OPEN_TREE, AT_FDCWD, $source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
        $tree >= 0 or die "$source: $!\n";
        my $attributes = pack 'QQQQ', MOUNT_ATTR_IDMAP, 0, 0, fileno $namespace;
        syscall(SYS_MOUNT_SETATTR, $tree, $empty, AT_EMPTY_PATH | AT_RECURSIVE, $attributes, length $attributes) == 0
            or die "$source: its file system cannot map ids of a mount: $!\n";
        make_place($source, $target);
        syscall(SYS_MOVE_MOUNT, $tree, $empty, AT_FDCWD, $target, MOVE_MOUNT_F_EMPTY_PATH) == 0 or die "$target: $!\n";
    }],
    readonly => [1, sub {
        my ($file) = @_;
        mount_at($file, $file, $empty, MS_BIND, $empty);
        # Refused to a normal user where the file's own mount has flags that he may not take away: it stays as it is.
        syscall($sys_mount, $empty, $file, $empty, MS_BIND | MS_REMOUNT | MS_RDONLY, $empty);
    }],
    loopback => [0, sub { switch_on('lo') }],
);

# A place to mount a folder or a file at.
sub make_place {
    my ($source, $target) = @_;
    return mkdir $target if -d $source;
    open my $file, '>>', $target or die "$target: $!\n";
}

sub make_stage {
    my @words = @_;
    while (defined(my $name = shift @words)) {
        my ($count, $work) = @{ $stage{$name} or die "no such work: $name\n" };
        $work->(splice @words, 0, $count);
    }
    return '';
}

# True when no part of a path below a folder is a link: one of an image could point at files of the machine.
sub is_free_of_links {
    my ($folder, $path) = @_;
    for my $part (grep { $_ ne '' } split m{/}, $path) {
        return 0 if $part eq '..' || -l($folder .= "/$part");
    }
    return -d $folder;
}

# Removes what was being made for a volume when its maker was cut off.
sub remove_unfinished {
    my ($volume) = @_;
    opendir my $folder, $volume or die "$volume: $!\n";
    my @left = map { "$volume/$_" } grep { /^new-/ } readdir $folder;
    run('rm', '-rf', @left) or die "$left[0] cannot be removed\n" if @left;
}

# Has the file system lay apart what is made in a folder, each name elsewhere (chattr(1), `T`): for minutes ext4 looks through
# all files that were deleted near a new one, which then takes ten times as long. Other file systems know nothing of it.
sub spread {
    my ($folder) = @_;
    my $flags = pack 'L!', 0;
    ioctl $folder, FS_IOC_GETFLAGS, $flags or return;
    ioctl $folder, FS_IOC_SETFLAGS, $flags = pack 'L!', unpack('L!', $flags) | FS_TOPDIR_FL;
}

# Fills a volume that is new with what the image has at its place, else it is empty and owned by the container's user.
# It is filled beside its place and moved there when it is whole; of containers that start at once and share it, by one.
sub fill_volume {
    my ($volume, $root, $path, @owner) = @_;
    return if -e "$volume/data";
    open my $lock, '<', $volume or die "$volume: $!\n";
    flock $lock, LOCK_EX or die "$volume: $!\n";
    return if -e "$volume/data";
    remove_unfinished($volume);
    spread($lock);
    my $new = "$volume/new-$$";
    mkdir $new or die "$new: $!\n";
    if (is_free_of_links($root, $path)) {
        my ($mode, $uid, $gid) = (stat "$root$path")[2, 4, 5];
        opendir my $folder, "$root$path" or die "$path: $!\n";
        my $has_content = grep { $_ ne '.' && $_ ne '..' } readdir $folder;
        run('cp', '-a', "$root$path/.", "$new/") or die "$path of the image cannot be copied\n" if $has_content;
        @owner = ($uid, $gid) unless $uid == 0 && $gid == 0;
        chown @owner, $new or die "$new: $!\n";
        chmod $mode & 07777, $new or die "$new: $!\n";
    } else {
        chown @owner, $new or die "$new: $!\n";
    }
    rename $new, "$volume/data" or die "$volume/data: $!\n";
}

# Mounts a folder or file below another at a place. Its path is looked up as if the other were the root of all files
# (openat2(2), RESOLVE_IN_ROOT): programs that write there may put links anywhere.
sub mount_part {
    my ($folder, $part, $place) = @_;
    open my $top, '<', $folder or opendir $top, $folder or die "$folder: $!\n";
    my $how = pack 'QQQ', O_PATH, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    my $found = syscall(SYS_OPENAT2, fileno $top, $part, $how, length $how);
    $found >= 0 or die "$part is not in the volume: $!\n";
    my $tree = syscall(SYS_OPEN_TREE, $found, $empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
    $tree >= 0 or die "$part: $!\n";
    syscall($sys_umount, $place, MNT_DETACH);
    make_place("/proc/self/fd/$found", $place);
    syscall(SYS_MOVE_MOUNT, $tree, $empty, AT_FDCWD, $place, MOVE_MOUNT_F_EMPTY_PATH) == 0 or die "$place: $!\n";
}

# Mounts layers, the upmost first, over each other. The kernel takes a page of options at most, so long paths of many
# layers stand there as short links.
sub mount_layers {
    my ($root, $own, @lower) = @_;
    my $links = "$root.layers";
    mkdir $links or $! == EEXIST or die "$links: $!\n";
    for my $index (0 .. $#lower) {
        unlink "$links/$index";
        symlink $lower[$index], "$links/$index" or die "$links/$index: $!\n";
    }
    chdir $links or die "$links: $!\n";
    my $below = join ':', 0 .. $#lower;
    mount_at('overlay', $root, 'overlay', 0, "lowerdir=$below,upperdir=$own/upper,workdir=$own/work,userxattr");
    chdir '/';
}

# Held by the process of a request until it ends: who comes next waits for a start that was cut off.
my $start_lock;

sub lock_container {
    my ($folder) = @_;
    open $start_lock, '>>', "$folder/run/lock" or die "$folder/run/lock: $!\n";
    flock $start_lock, LOCK_EX or die "lock: $!\n";
}

# create-container NAME ROOT LOWER FOLDER UID GID COUNT (VOLUME PATH)... COUNT (VOLUME PART PLACE)... COUNT MONITOR... RUNTIME...
# Mounts a container's root over the layers LOWER, fills its new volumes (folders, with their places inside), mounts PART
# of volumes at a PLACE, and has it made by the command MONITOR (conmon(8)). What an earlier run left (a root still
# mounted, the record that RUNTIME, crun(1) and its options, has of it) is cleared. Answers the number of the container's
# first process, which waits to be set running.
sub create_container {
    my ($name, $root, $lower, $folder, $uid, $gid, @words) = @_;
    my @volumes = take_count(\@words);
    my @parts = take_count(\@words);
    my @monitor = take_count(\@words);
    my @runtime = @words;
    lock_container($folder);
    open my $mounts, '<', '/proc/self/mountinfo' or die "mountinfo: $!\n";
    my $left = grep { (split ' ')[4] eq $root } <$mounts>;
    if ($left) {
        run('sh', '-c', 'exec "$@" 2>/dev/null', 'sh', @runtime, 'delete', '--force', $name);
        syscall($sys_umount, $root, MNT_DETACH) for 1 .. $left;
    }
    mkdir $root or $! == EEXIST or die "$root: $!\n";
    chown 0, 0, "$folder/layer/upper" unless -O "$folder/layer/upper";
    mount_layers($root, "$folder/layer", split /:/, $lower);
    while (my ($volume, $path) = splice @volumes, 0, 2) { fill_volume($volume, $root, $path, $uid, $gid) }
    while (my ($volume, $part, $place) = splice @parts, 0, 3) { mount_part("$volume/data", $part, $place) }
    # Its end that writes is inherited by the monitor alone: when that is gone without a word, reading ends.
    my ($report, $pipe);
    { local $^F = 1000; pipe($report, $pipe) or die "pipe: $!\n" }
    local $ENV{_OCI_SYNCPIPE} = fileno $pipe;
    run(@monitor) or die "the container's monitor ended\n";
    close $pipe;
    my $word = readline $report;
    die "the container's monitor says nothing\n" unless defined $word;
    my ($init) = $word =~ /"data"\s*:\s*(-?\d+)/;
    die $word unless defined $init && $init > 0;
    return wantarray ? ($init, @runtime) : $init;
}

# run-container NAME FOLDER RUNTIME...
# Sets a container running that was made.
sub run_container {
    my ($name, $folder, @runtime) = @_;
    lock_container($folder);
    return set_running($name, @runtime);
}

# A container that was made waits at a fifo in the runtime's folder, and crun-start(1) does no more than write to it. What
# that says when nobody waits there is left to it.
sub set_running {
    my ($name, @runtime) = @_;
    my ($folder) = map { /^--root=(.+)/ } @runtime;
    my $gate = "$folder/$name/exec.fifo";
    my $is_waiting = sysopen my $writer, $gate, O_WRONLY | O_NONBLOCK;
    return '' if $is_waiting && unlink($gate) && syswrite $writer, "\0";
    run(@runtime, 'start', $name) or die "the container cannot be set running\n";
    return '';
}

# container WORD...
# Makes a container, as `create-container` with the same words, and sets it running.
sub start_container {
    my ($init, @runtime) = create_container(@_);
    set_running($_[0], @runtime);
    return $init;
}

# end-container NAME ROOT FOLDERS RUNTIME...
# Clears what is left of a container that has ended: the runtime's record of it, its root, and what was mounted for it in
# FOLDERS.
sub end_container {
    my ($name, $root, $folders, @runtime) = @_;
    run('sh', '-c', 'exec "$@" 2>/dev/null', 'sh', @runtime, 'delete', '--force', $name);
    open my $mounts, '<', '/proc/self/mountinfo' or die "mountinfo: $!\n";
    my $own = qr{^(?:\Q$root\E|\Q$folders/$name\E-(?:part-\d{1,4}|[0-9a-f]{12}))$};
    my @left = grep { $_ =~ $own } map { (split ' ')[4] } <$mounts>;
    syscall($sys_umount, $_, MNT_DETACH) for @left;
    rmdir $_ or unlink $_ for @left;
    return '';
}

# Local TCP ports on which something accepts connections, asked for in the kernel's table of listeners (sock_diag(7)); all
# sockets would have to be looked through for /proc/net/tcp.
sub listening_ports {
    my ($socket) = @_;
    my %ports;
    for my $family (AF_INET, AF_INET6) {
        my $query = pack 'L S S L L C C C C L x48', 72, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 1, 0,
            $family, IPPROTO_TCP, 0, 0, 1 << TCP_LISTEN;
        send($socket, $query, 0) or die "sock_diag: $!\n";
        my $is_done = 0;
        while (!$is_done) {
            defined recv($socket, my $buffer, 65536, 0) or die "sock_diag: $!\n";
            for (my $at = 0; $at + 16 <= length $buffer;) {
                my ($length, $type) = unpack 'L S', substr $buffer, $at, 6;
                # A kernel without this table.
                return listening_ports_of_all_sockets() if $type == NLMSG_ERROR;
                $is_done = 1 if $type == NLMSG_DONE;
                last if $is_done || $length < 16;
                $ports{ unpack 'x4 n', substr $buffer, $at + 16, 6 } = 1;
                $at += ($length + 3) & ~3;
            }
        }
    }
    return \%ports;
}

# The same from /proc/net/tcp (proc(5)).
sub listening_ports_of_all_sockets {
    my %ports;
    for my $name ('tcp', 'tcp6') {
        open my $file, '<', "/proc/self/net/$name" or next;
        while (<$file>) { $ports{ hex $1 } = 1 if /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ 0A / }
    }
    return \%ports;
}

# ready PORTS COMMAND...
# Returns when something listens on every one of the ports (with commas; may be none) and then COMMAND (may be none),
# which is started at once and told to ask by a line on its input, has ended. Answers its exit code. When this process
# is asked to end it ends the command first.
sub wait_until_ready {
    my ($ports, @command) = @_;
    my $caller = getppid;
    my ($child, $go);
    if (@command) {
        pipe(my $input, $go) or die "pipe: $!\n";
        my $self = $$;
        $child = fork // die "fork: $!\n";
        if ($child == 0) {
            $SIG{TERM} = 'DEFAULT';
            syscall($sys_prctl, PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
            exit 125 if getppid != $self;
            open STDIN, '<&', $input or exit 125;
            exec { $command[0] } @command or exit 125;
        }
    }
    local $SIG{PIPE} = 'IGNORE';
    my $code = eval {
        die "asked to end\n" if $is_asked_to_end;
        wait_for_listeners($caller, split /,/, $ports);
        if (defined $child) {
            syswrite $go, "go\n";
            close $go;
            waitpid $child, 0;
        }
        defined $child ? $? >> 8 || $? & 127 : 0;
    };
    return $code if defined $code;
    my $problem = $@;
    $SIG{TERM} = 'IGNORE';
    close $go if defined $child;
    end_child($child) if defined $child;
    die $problem;
}

# answering PORTS PROTOCOL PORT
# Returns when something listens on every one of the ports (with commas), and what listens on PORT of this network's
# loopback says that it takes requests.
my %questions = (
    # As pg_isready(1): a server that is starting or ending says so (SQLSTATE 57P03), any other answer is one of a server
    # that takes connections.
    postgresql => [
        pack('N N Z* Z* Z* Z* x', 41, 196608, 'user', 'postgres', 'database', 'postgres'),
        sub { $_[0] =~ /^R/ || ($_[0] =~ /^E/ && $_[0] !~ /\0C57P03\0/) },
    ],
    # It answers PONG, or that it wants a password first; while it reads its data it says LOADING.
    redis => ["PING\r\n", sub { $_[0] =~ /^(?:\+PONG|-NOAUTH)/ }],
);

sub wait_until_answering {
    my ($ports, $protocol, $port) = @_;
    my ($question, $is_good) = @{ $questions{$protocol} or die "no such protocol: $protocol\n" };
    my $caller = getppid;
    wait_for_listeners($caller, split /,/, $ports);
    until ($is_good->(ask_service($port, $question))) {
        die "nobody waits\n" if getppid != $caller;
        select undef, undef, undef, 0.004;
    }
    return '';
}

# What a service answers to a question on a connection of its own; nothing, if it does not within a second.
sub ask_service {
    my ($port, $question) = @_;
    local $SIG{PIPE} = 'IGNORE';
    socket(my $socket, AF_INET, SOCK_STREAM, 0) or die "socket: $!\n";
    connect $socket, pack('S n C4 x8', AF_INET, $port, 127, 0, 0, 1) or return '';
    syswrite $socket, $question;
    vec(my $ready = '', fileno $socket, 1) = 1;
    my $answer = '';
    sysread $socket, $answer, 4096 if select($ready, undef, undef, 1) > 0;
    return $answer;
}

# healthy TIMEOUT_MS COMMAND...
# Runs COMMAND, each time for TIMEOUT_MS at most, until it has ended with 0. It is asked again as soon as something new
# listens in this network, which is what most checks wait for; else after a pause that grows from 5 to 100 ms, and is longer
# where asking itself takes longer, so that the service gets most of the processor. Gives up at once when COMMAND cannot be
# run. What an error says begins with the output of the last time.
sub wait_until_healthy {
    my ($timeout_ms, @command) = @_;
    my $said = '';
    # The request to end may come at any moment.
    eval { ask_until_healthy(\$said, $timeout_ms, @command); 1 } or die "$said$@";
    return 0;
}

sub ask_until_healthy {
    my ($said, $timeout_ms, @command) = @_;
    require Time::HiRes;
    my $caller = getppid;
    socket(my $socket, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG) or die "sock_diag: $!\n";
    my $pause = 0.005;
    for (;;) {
        my ($listeners, $began) = (name_listeners($socket), Time::HiRes::time());
        my ($code, $output) = run_for($timeout_ms / 1000, @command);
        return if $code == 0;
        $$said = $output eq '' ? '' : $output =~ s/\n*\z/\n/r;
        die "the check cannot be run (code $code)\n" if $code == 126 || $code == 127;
        my $now = Time::HiRes::time();
        my $longest = least(0.5, 2 * ($now - $began));
        my $until = $now + ($pause > $longest ? $pause : $longest);
        while (name_listeners($socket) eq $listeners && (my $left = $until - Time::HiRes::time()) > 0) {
            select undef, undef, undef, least(0.005, $left);
            die "nobody waits\n" if getppid != $caller;
        }
        $pause = least(0.1, $pause * 1.5);
    }
}

sub least { return $_[0] < $_[1] ? $_[0] : $_[1] }

# The ports on which something listens, as one text.
sub name_listeners { return join ',', sort { $a <=> $b } keys %{ listening_ports($_[0]) } }

# Runs a command for so many seconds at most; its exit code (124 when it was ended) and the end of what it printed.
sub run_for {
    my ($seconds, @command) = @_;
    pipe(my $output, my $writer) or die "pipe: $!\n";
    my $self = $$;
    my $child = fork // die "fork: $!\n";
    if ($child == 0) {
        $SIG{TERM} = 'DEFAULT';
        syscall($sys_prctl, PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
        exit 125 if getppid != $self;
        open STDOUT, '>&', $writer or exit 125;
        open STDERR, '>&', $writer or exit 125;
        exec { $command[0] } @command or exit 125;
    }
    close $writer;
    my ($text, $is_open, $deadline) = ('', 1, Time::HiRes::time() + $seconds);
    my $code = eval {
        die "asked to end\n" if $is_asked_to_end;
        while (waitpid($child, WNOHANG) == 0) {
            my $left = $deadline - Time::HiRes::time();
            if ($left <= 0) {
                end_child($child);
                return 124;
            }
            vec(my $ready = '', fileno $output, 1) = $is_open;
            # Its end shows by that of its output, unless another process holds that.
            my $pause = $is_open ? 0.02 : 0.001;
            $is_open = read_end($output, \$text) if select($ready, undef, undef, $left < $pause ? $left : $pause) > 0;
        }
        $? >> 8 || $? & 127;
    };
    if (!defined $code) {
        my $problem = $@;
        $SIG{TERM} = 'IGNORE';
        end_child($child);
        die "$text$problem";
    }
    vec(my $ready = '', fileno $output, 1) = 1;
    while ($is_open && select(my $found = $ready, undef, undef, 0) > 0) { $is_open = read_end($output, \$text) }
    return ($code, $text);
}

# Reads more of what a command prints, of which the end is kept; false when there is no more.
sub read_end {
    my ($output, $text) = @_;
    my $count = sysread $output, $$text, 4096, length $$text;
    $$text = substr $$text, -2000 if length $$text > 2000;
    return $count;
}

# Ends a child process and waits for it.
sub end_child {
    my ($child) = @_;
    for (my $asked = 0; waitpid($child, WNOHANG) == 0; $asked++) {
        # The first process inside loses a signal that comes before its child has a group of its own.
        kill $asked < 50 ? 'TERM' : 'KILL', $child;
        select undef, undef, undef, 0.1;
    }
}

sub wait_for_listeners {
    my ($caller, @wanted) = @_;
    socket(my $socket, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG) or die "sock_diag: $!\n";
    while (@wanted) {
        my $found = listening_ports($socket);
        @wanted = grep { !$found->{$_} } @wanted or last;
        die "nobody waits\n" if getppid != $caller;
        select undef, undef, undef, 0.001;
    }
}

# program LOG COUNT ENTRIES... WORD...
# Starts a program which lives on, with these entries in its environment; what it complains of goes to the file LOG. `{fd}`
# at the end of a word is the descriptor on which it writes when it is ready. Answers its number, a space and what it wrote
# there. One that ends without a word is an error, and one that nobody waits for any more is ended.
sub start_program {
    my ($log, @words) = @_;
    my @entries = take_count(\@words);
    my $caller = getppid;
    my ($report, $pipe);
    { local $^F = 1000; pipe($report, $pipe) or die "pipe: $!\n" }
    my $program = fork // die "fork: $!\n";
    if ($program == 0) {
        $SIG{TERM} = 'DEFAULT';
        close $report;
        for my $entry (@entries) { my ($name, $value) = split /=/, $entry, 2; $ENV{$name} = $value }
        open STDERR, '>>', $log;
        my $fd = fileno $pipe;
        s/\{fd\}\z/$fd/ for @words;
        exec { $words[0] } @words or print STDERR "$words[0]: $!\n";
        exit 1;
    }
    close $pipe;
    vec(my $ready = '', fileno $report, 1) = 1;
    until (select(my $found = $ready, undef, undef, 0.05) > 0) {
        next if getppid == $caller;
        kill 'KILL', $program;
        die "nobody waits\n";
    }
    die "it ended\n" unless sysread $report, my $word, 1000;
    return "$program $word";
}

# index COUNT ENTRIES... WORD...
# Starts the relay of the package index (index-relay.pl, which says what its words are) as a program.
sub start_index_relay {
    my @words = @_;
    my @entries = take_count(\@words);
    my @relay = ('perl', '-w', __FILE__ =~ s{[^/]*$}{index-relay.pl}r, $sys_setns, '{fd}');
    return start_program('/dev/null', scalar @entries, @entries, @relay, @words);
}

# What the process that reads the requests does itself, since the holder is its child.
my %own_orders = (namespaces => \&make_namespaces, keep => \&keep_holder);

my %orders = (
    stage => \&make_stage,
    container => \&start_container,
    'create-container' => sub { scalar create_container(@_) },
    'run-container' => \&run_container,
    'end-container' => \&end_container,
    ready => \&wait_until_ready,
    answering => \&wait_until_answering,
    healthy => \&wait_until_healthy,
    program => \&start_program,
    index => \&start_index_relay,
    network => sub { load_networks(); make_network(@_) },
    'end-network' => sub { load_networks(); end_network(@_) },
);

# Most workspaces have none: they do not pay for its being read.
sub load_networks { require(__FILE__ =~ s{[^/]*$}{launcher-network.pl}r) }

sub carry_out {
    my ($order, $holder, $kinds, $groups, @words) = @_;
    for my $group (split /\n/, $groups) {
        open my $file, '>', $group or die "$group: $!\n";
        syswrite $file, "0\n" or die "$group: $!\n";
    }
    enter_namespaces($holder, split /,/, $kinds) if $kinds ne '';
    return ($orders{$order} or die "no such order: $order\n")->(@words);
}

# Programs print their errors to a file without a name, from which they go into the answer.
sub catch_errors {
    my $file;
    open $file, '+>', undef or open $file, '+<', '/dev/null' or exit 1;
    open STDERR, '>&', $file;
    return $file;
}

# As one write, so that answers never mix: at most PIPE_BUF bytes.
sub send_answer {
    my ($answers, $id, $status, $text) = @_;
    $text = substr $text, -4000 if length $text > 4000;
    syswrite $answers, "$id $status " . length($text) . "\n$text";
}

sub answer {
    my ($answers, $errors, $id, $work) = @_;
    my $text = eval { $work->() };
    return send_answer($answers, $id, 0, $text) if defined $text;
    seek $errors, 0, 0;
    send_answer($answers, $id, 1, join '', <$errors>, $@);
}

sub work_apart {
    my ($id, @request) = @_;
    open my $answers, '>&', \*STDOUT or exit 1;
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', '/dev/null';
    close $holder_input if defined $holder_input;
    $SIG{CHLD} = 'DEFAULT';
    answer($answers, catch_errors(), $id, sub { carry_out(@request) });
    exit 0;
}

# Processes at work, by the request each is for, and those that ended before it was known which.
my %workers;
my %ended;

# Answers for processes that ended without an answer of their own.
sub reap_workers {
    while ((my $pid = waitpid -1, WNOHANG) > 0) { $ended{$pid} = $? }
    for my $id (grep { defined $ended{ $workers{$_} } } keys %workers) {
        my $status = delete $ended{ delete $workers{$id} };
        send_answer(\*STDOUT, $id, 1, "the work was ended from outside (status $status)") if $status != 0;
    }
}

sub read_exactly {
    my ($count) = @_;
    my $bytes = '';
    while (length $bytes < $count) {
        my $got = sysread STDIN, $bytes, $count - length $bytes, length $bytes;
        return if defined $got ? $got == 0 : $! != EINTR;
    }
    return $bytes;
}

chdir '/';
$SIG{CHLD} = \&reap_workers;
my $errors = catch_errors();
my $line = '';
while (defined(my $byte = read_exactly(1))) {
    if ($byte ne "\n") {
        $line .= $byte;
        next;
    }
    defined(my $frame = read_exactly($line)) or last;
    $line = '';
    my ($id, $order, @request) = split /\0/, $frame, -1;
    if ($order eq 'end') {
        # end ID: asks the process of another request to end.
        kill 'TERM', $workers{$request[0]} if defined $workers{$request[0]};
    } elsif (my $work = $own_orders{$order}) {
        local $SIG{CHLD} = 'DEFAULT';
        answer(\*STDOUT, $errors, $id, sub { $work->(@request[3 .. $#request]) });
    } else {
        my $worker = fork // last;
        work_apart($id, $order, @request) if $worker == 0;
        $workers{$id} = $worker;
    }
    reap_workers();
}
