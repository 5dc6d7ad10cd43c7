#!/usr/bin/perl
# Stands in for crun(1): gives RUN steps the variables of the machine (proxies, certificates, the package index), each as a
# JSON string on a line of /tmp/build/environment, unless the Dockerfile sets one of that name. So they are in no layer, in
# no image and in no key of the cache. Those of /tmp/build/apt-environment are for images of Debian 12 in which apt has no
# sources.
use strict;
use warnings;

my ($bundle) = map { $ARGV[$_ + 1] } grep { $ARGV[$_] =~ /^(?:--bundle|-b)$/ } 0 .. $#ARGV - 1;
add_variables("$bundle/config.json") if defined $bundle;
exec 'crun', '--cgroup-manager=disabled', '--root=/tmp/run/crun', @ARGV or exit 127;

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
    # Quotes in the text of others are escaped, so that neither pattern can match in it.
    my @added = grep { my ($name) = /^"([^=]+)=/; $text !~ /[\[,]"\Q$name\E=/ } split /\n/, $lines;
    return unless @added;
    my $list = join ',', @added;
    $text =~ s/"env":\[(\]?)/'"env":[' . $list . ($1 || ',')/e or return;
    open my $out, '>', $file or die "$file: $!\n";
    print {$out} $text;
    close $out or die "$file: $!\n";
}
