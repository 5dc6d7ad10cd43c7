#!/usr/bin/perl
# Stands in for crun(1): gives RUN steps the variables of the machine (proxies, certificates, the package index), each as a
# JSON string on a line of /tmp/build/environment, unless the Dockerfile sets one of that name. So they are in no layer, in
# no image and in no key of the cache.
use strict;
use warnings;

my ($bundle) = map { $ARGV[$_ + 1] } grep { $ARGV[$_] =~ /^(?:--bundle|-b)$/ } 0 .. $#ARGV - 1;
add_variables("$bundle/config.json") if defined $bundle;
exec 'crun', '--cgroup-manager=disabled', '--root=/tmp/run/crun', @ARGV or exit 127;

sub read_all {
    my ($file) = @_;
    open my $in, '<', $file or return '';
    local $/ = undef;
    return <$in>;
}

sub add_variables {
    my ($file) = @_;
    my $text = read_all($file);
    # Quotes in the text of others are escaped, so that neither can be part of one.
    my @added = grep { my ($name) = /^"([^=]+)=/; $text !~ /[\[,]"\Q$name\E=/ } split /\n/, read_all('/tmp/build/environment');
    return unless @added;
    my $list = join ',', @added;
    $text =~ s/"env":\[(\]?)/'"env":[' . $list . ($1 || ',')/e or return;
    open my $out, '>', $file or die "$file: $!\n";
    print {$out} $text;
    close $out or die "$file: $!\n";
}
