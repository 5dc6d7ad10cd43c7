# The network of a container that has one of its own; read by launcher.pl when it is first asked for.
#
# Its namespace belongs to the sandbox's user namespace and is kept by a mount of it on a file. A pair of virtual
# cables leads from it to the bridge of each network it is in.
use strict;
use warnings;

use constant {
    NETLINK_ROUTE => 0, RTM_NEWLINK => 16, NLM_F_CREATE_ACK => 0x605,
    IFLA_IFNAME => 3, IFLA_MASTER => 10, IFLA_LINKINFO => 18, IFLA_NET_NS_FD => 28,
    IFLA_INFO_KIND => 1, IFLA_INFO_DATA => 2, VETH_INFO_PEER => 1,
    SIOCSIFADDR => 0x8916, SIOCSIFNETMASK => 0x891c, SIOCGIFINDEX => 0x8933,
};

# An attribute of rtnetlink(7), filled up to a multiple of four bytes.
sub attribute {
    my ($type, $data) = @_;
    my $length = 4 + length $data;
    return pack('S S', $length, $type) . $data . "\0" x (-$length & 3);
}

# Makes a link that is up (rtnetlink(7), RTM_NEWLINK), unless there is one of that name.
sub add_link {
    my ($kind, @attributes) = @_;
    my $link = pack('C x S l L L', 0, 0, 0, IFF_UP, IFF_UP) . join '', @attributes;
    socket(my $socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) or die "rtnetlink: $!\n";
    send($socket, pack('L S S L L', 16 + length $link, RTM_NEWLINK, NLM_F_CREATE_ACK, 1, 0) . $link, 0)
        or die "rtnetlink: $!\n";
    defined recv($socket, my $answer, 4096, 0) or die "rtnetlink: $!\n";
    $! = -unpack 'x16 l', $answer;
    die "the kernel makes no link of kind $kind: $!\n" unless $! == 0 || $!{EEXIST};
}

sub set_address {
    my ($name, $address, $netmask) = @_;
    socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
    for my $setting ([SIOCSIFADDR, $address], [SIOCSIFNETMASK, $netmask]) {
        my $request = pack 'a16 S n C4 x16', $name, AF_INET, 0, split /\./, $setting->[1];
        ioctl($socket, $setting->[0], $request) or die "$name: $!\n";
    }
}

sub index_of_link {
    my ($name) = @_;
    socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
    my $request = pack 'a16 x24', $name;
    ioctl($socket, SIOCGIFINDEX, $request) or die "$name: $!\n";
    return unpack 'x16 l', $request;
}

sub enter_network {
    my ($namespace) = @_;
    syscall($main::sys_setns, fileno $namespace, CLONE_NEWNET) == 0 or die "setns: $!\n";
}

# network FILE (CABLE ADDRESS BRIDGE BRIDGE_ADDRESS NETMASK)...
# A network kept at FILE, which is the last thing made: what is cut off before leaves nothing. Each cable (eth0, ...) leads
# to a bridge in the network this is asked from, which is made with its first cable. Without any there is only loopback.
sub make_network {
    my ($file, @words) = @_;
    open my $shared, '<', '/proc/self/ns/net' or die "network: $!\n";
    syscall($main::sys_unshare, CLONE_NEWNET) == 0 or die "a network namespace cannot be made: $!\n";
    open my $own, '<', '/proc/self/ns/net' or die "network: $!\n";
    make_stage('loopback');
    while (my ($cable, $address, $bridge, $bridge_address, $netmask) = splice @words, 0, 5) {
        enter_network($shared);
        add_link('bridge', attribute(IFLA_IFNAME, "$bridge\0"),
            attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, 'bridge')));
        set_address($bridge, $bridge_address, $netmask);
        my $master = index_of_link($bridge);
        my $peer = pack('x16') . attribute(IFLA_IFNAME, "$cable\0")
            . attribute(IFLA_NET_NS_FD, pack 'L', fileno $own);
        add_link('veth', attribute(IFLA_MASTER, pack 'L', $master), attribute(IFLA_LINKINFO,
            attribute(IFLA_INFO_KIND, 'veth') . attribute(IFLA_INFO_DATA, attribute(VETH_INFO_PEER, $peer))));
        enter_network($own);
        set_address($cable, $address, $netmask);
        switch_on($cable);
    }
    open my $place, '>>', $file or die "$file: $!\n";
    mount_at('/proc/self/ns/net', $file, '', MS_BIND, '');
    return '';
}

# end-network FILE
# Lets go of a network: it ends with the last process in it.
sub end_network {
    my ($file) = @_;
    syscall($main::sys_umount, $file, MNT_DETACH) == 0 or $!{EINVAL} or $!{ENOENT} or die "$file: $!\n";
    unlink $file or $!{ENOENT} or die "$file: $!\n";
    return '';
}

1;
