# Mounts folders of the machine into a sandbox so that their owner appears as the container's user (mount_setattr(2),
# MOUNT_ATTR_IDMAP). Called as root in the sandbox's mount namespace with the number of unshare(2) on this processor,
# then for each folder the words SOURCE TARGET UID_MAP GID_MAP (maps as in /proc/PID/uid_map: on disk, shown as, count).
use strict;
use warnings;

use constant {
    SYS_OPEN_TREE => 428, SYS_MOVE_MOUNT => 429, SYS_MOUNT_SETATTR => 442,
    AT_FDCWD => -100, AT_EMPTY_PATH => 0x1000, AT_RECURSIVE => 0x8000,
    OPEN_TREE_CLONE => 1, OPEN_TREE_CLOEXEC => 0x80000,
    MOVE_MOUNT_F_EMPTY_PATH => 4, MOUNT_ATTR_IDMAP => 0x100000, CLONE_NEWUSER => 0x10000000,
};

sub user_namespace {
    my ($unshare, $uid_map, $gid_map) = @_;
    pipe(my $ready_r, my $ready_w) or die "pipe: $!\n";
    pipe(my $done_r, my $done_w) or die "pipe: $!\n";
    my $child = fork() // die "fork: $!\n";
    if ($child == 0) {
        close $done_w;
        syscall($unshare, CLONE_NEWUSER) == 0 or exit 1;
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

my $unshare = shift @ARGV;
my %namespaces;
my $empty = '';
while (my ($source, $target, $uid_map, $gid_map) = splice @ARGV, 0, 4) {
    my $namespace = $namespaces{"$uid_map/$gid_map"} //= user_namespace(int $unshare, $uid_map, $gid_map);
    my $tree = syscall(SYS_OPEN_TREE, AT_FDCWD, $source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    $tree >= 0 or die "$source: $!\n";
    my $attributes = pack 'QQQQ', MOUNT_ATTR_IDMAP, 0, 0, fileno $namespace;
    syscall(SYS_MOUNT_SETATTR, $tree, $empty, AT_EMPTY_PATH | AT_RECURSIVE, $attributes, length $attributes) == 0
        or die "$source: its file system cannot map ids of a mount: $!\n";
    mkdir $target;
    syscall(SYS_MOVE_MOUNT, $tree, $empty, AT_FDCWD, $target, MOVE_MOUNT_F_EMPTY_PATH) == 0 or die "$target: $!\n";
}
