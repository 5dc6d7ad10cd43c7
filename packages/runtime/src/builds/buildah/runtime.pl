#!/usr/bin/perl
# Stands in for crun(1): gives RUN steps the variables of the machine (proxies, certificates, the package index), each as a
# JSON string on a line of /tmp/build/environment, unless the Dockerfile sets one of that name. So they are in no layer, in
# no image and in no key of the cache. Those of /tmp/build/apt-environment are for images of Debian 12 in which apt has no
# sources; those of /tmp/build/index-token-environment for steps that mount the index's token.
#
# And it keeps the machine's files away from them: buildah follows links of an image, and `..` of a cache's id, to wherever
# in its own file system they lead.
use strict;
use warnings;

my ($bundle) = map { $ARGV[$_ + 1] } grep { $ARGV[$_] =~ /^(?:--bundle|-b)$/ } 0 .. $#ARGV - 1;
if (defined $bundle) {
    check_mounts("$bundle/config.json");
    add_variables("$bundle/config.json");
}
exec 'crun', '--cgroup-manager=disabled', '--root=/tmp/run/crun', @ARGV or exit 127;

# Ends the step when it would get a mount of what is neither a stage of the build, nor its context, nor made for it. Where a
# mount leads is asked of the kernel: buildah has made them already, and names only where it put them.
sub check_mounts {
    my ($file) = @_;
    my @rows = map { [(split / /)[2 .. 4]] } split /\n/, read_all('/proc/self/mountinfo');
    my %mounted = map { $_->[2] => $_ } @rows;
    my %stages = map { $_->[0] => 1 } grep { $_->[2] =~ m{^/tmp/builder/storage/overlay/[0-9a-f]{64}/merged$} } @rows;
    my $text = read_all($file);
    while ($text =~ /"source":"((?:[^"\\]|\\.)*)"/g) {
        my $source = $1;
        # A file system that is made new, one of the kernel's, or a file of buildah's own, such as /etc/hosts.
        next if $source !~ m{/} || $source eq '/sys';
        next if $source =~ m{^/tmp/builder/tmp/buildah[0-9]+/(?:hosts|hostname|resolv\.conf|run/\.containerenv)$};
        my $row = $mounted{$source};
        next if defined $row && is_own($row, \%stages, @mounted{'/tmp/build', '/tmp/builder'});
        print STDERR "a mount of this step leads out of the build\n";
        exit 125;
    }
}

sub is_own {
    my ($row, $stages, $build, $builder) = @_;
    my ($device, $root) = @$row;
    return 1 if $stages->{$device};
    return 1 if is_below($device, $root, $build, qr{context|contexts/[0-9]+|machine});
    return is_below($device, $root, $builder, qr{tmp/buildah-cache[^/]*/.|tmp/buildah[0-9]+/.|tmp/\.buildah-ssh-sock[0-9]+/.|storage/overlay-containers/[0-9a-f]{64}/userdata/.});
}

# True of a folder that lies in one of those of the name in another mount's.
sub is_below {
    my ($device, $root, $above, $names) = @_;
    return defined $above && $device eq $above->[0] && $root =~ m{^\Q$above->[1]\E/(?:$names)};
}

sub read_all {
    my ($file) = @_;
    open my $in, '<', $file or return '';
    local $/ = undef;
    return <$in> // '';
}

sub has_no_sources {
    my ($root) = @_;
    return 0 unless read_all("$root/etc/debian_version") =~ /^12\b/;
    # What a Dockerfile adds beside them are sources of others, which rely on Debian's.
    return !-s "$root/etc/apt/sources.list" && !-e "$root/etc/apt/sources.list.d/debian.sources";
}

sub add_variables {
    my ($file) = @_;
    my $text = read_all($file);
    my ($root) = $text =~ /"root":\{"path":"([^"\\]+)"/;
    my $lines = read_all('/tmp/build/environment');
    $lines .= read_all('/tmp/build/apt-environment') if defined $root && has_no_sources($root);
    $lines .= read_all('/tmp/build/index-token-environment') if $text =~ m{"destination":"/run/secrets/devpi-token"};
    # Quotes in the text of others are escaped, so that neither pattern can match in it.
    my @added = grep { my ($name) = /^"([^=]+)=/; $text !~ /[\[,]"\Q$name\E=/ } split /\n/, $lines;
    return unless @added;
    my $list = join ',', @added;
    $text =~ s/"env":\[(\]?)/'"env":[' . $list . ($1 || ',')/e or return;
    open my $out, '>', $file or die "$file: $!\n";
    print {$out} $text;
    close $out or die "$file: $!\n";
}
