# Makes the mounts of a sandbox in one process, in the mount and network namespace it is called in. The first words are
# the numbers of mount(2) and unshare(2) on this processor; then come orders, each with its words:
#
#   tmpfs TARGET DATA                        a tmpfs with these options
#   folder PATH UID GID                      a folder with this owner
#   bind SOURCE TARGET                       a folder of the machine, with all that is mounted below it
#   map SOURCE TARGET UID_MAP GID_MAP        the same, its ids shown as others (mount_setattr(2), MOUNT_ATTR_IDMAP;
#                                            maps as in /proc/PID/uid_map: on disk, shown as, count). For root only.
#   loopback                                 the loopback device is switched on
use strict;
use warnings;

use constant {
    SYS_OPEN_TREE => 428, SYS_MOVE_MOUNT => 429, SYS_MOUNT_SETATTR => 442,
    AT_FDCWD => -100, AT_EMPTY_PATH => 0x1000, AT_RECURSIVE => 0x8000,
    OPEN_TREE_CLONE => 1, OPEN_TREE_CLOEXEC => 0x80000, MOVE_MOUNT_F_EMPTY_PATH => 4,
    MOUNT_ATTR_IDMAP => 0x100000, CLONE_NEWUSER => 0x10000000, MS_BIND => 0x1000, MS_REC => 0x4000,
    AF_INET => 2, SOCK_DGRAM => 2, SIOCSIFFLAGS => 0x8914, IFF_UP => 1,
};

my ($sys_mount, $sys_unshare) = map { int } splice @ARGV, 0, 2;
my $empty = '';
my %namespaces;

sub mount_at {
    my ($source, $target, $type, $flags, $data) = @_;
    syscall($sys_mount, $source, $target, $type, $flags, $data) == 0 or die "$source: $!\n";
}

sub user_namespace {
    my ($uid_map, $gid_map) = @_;
    pipe(my $ready_r, my $ready_w) or die "pipe: $!\n";
    pipe(my $done_r, my $done_w) or die "pipe: $!\n";
    my $child = fork() // die "fork: $!\n";
    if ($child == 0) {
        close $done_w;
        syscall($sys_unshare, CLONE_NEWUSER) == 0 or exit 1;
        syswrite $ready_w, 'x';
        sysread $done_r, my $end, 1;
        exit 0;
    }
    close $ready_w;
    sysread($ready_r, my $byte, 1) or die "a user namespace cannot be made\n";
    for my $map (['uid_map', $uid_map], ['gid_map', $gid_map]) {
        open my $file, '>', "/proc/$child/$map->[0]" or die "$map->[0]: $!\n";
        syswrite $file, "$map->[1]\n" or die "$map->[0]: $!\n";
    }
    open my $namespace, '<', "/proc/$child/ns/user" or die "namespace: $!\n";
    close $done_w;
    waitpid $child, 0;
    return $namespace;
}

my %orders = (
    tmpfs => [2, sub { my ($target, $data) = @_; mount_at('stage', $target, 'tmpfs', 0, $data) }],
    folder => [3, sub {
        my ($path, $uid, $gid) = @_;
        mkdir $path or $!{EEXIST} or die "$path: $!\n";
        chown $uid, $gid, $path or die "$path: $!\n";
    }],
    bind => [2, sub {
        my ($source, $target) = @_;
        mkdir $target;
        mount_at($source, $target, $empty, MS_BIND | MS_REC, $empty);
    }],
    map => [4, sub {
        my ($source, $target, $uid_map, $gid_map) = @_;
        my $namespace = $namespaces{"$uid_map/$gid_map"} //= user_namespace($uid_map, $gid_map);
        my $tree = syscall(SYS_OPEN_TREE, AT_FDCWD, $source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
        $tree >= 0 or die "$source: $!\n";
        my $attributes = pack 'QQQQ', MOUNT_ATTR_IDMAP, 0, 0, fileno $namespace;
        syscall(SYS_MOUNT_SETATTR, $tree, $empty, AT_EMPTY_PATH | AT_RECURSIVE, $attributes, length $attributes) == 0
            or die "$source: its file system cannot map ids of a mount: $!\n";
        mkdir $target;
        syscall(SYS_MOVE_MOUNT, $tree, $empty, AT_FDCWD, $target, MOVE_MOUNT_F_EMPTY_PATH) == 0 or die "$target: $!\n";
    }],
    loopback => [0, sub {
        socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
        my $request = pack 'a16 s x14', 'lo', IFF_UP;
        ioctl($socket, SIOCSIFFLAGS, $request) or die "loopback: $!\n";
    }],
);

while (defined(my $order = shift @ARGV)) {
    my ($count, $work) = @{ $orders{$order} or die "no such order: $order\n" };
    $work->(splice @ARGV, 0, $count);
}
