# Puts a content that was gathered beside the others of a volume in their place. A volume of an engine cannot be exchanged
# as a whole, so it is done by renames whose order tells at any moment what is left to do.
#   .devstead-restoring  is being gathered; whoever finds it without its writer removes it
#   .devstead-restored   is whole; everything else moves to .devstead-replaced
#   .devstead-placing    everything else has moved; its entries move up
use strict;
use Errno;
use warnings;

my ($task) = @ARGV;
chdir 'data' or die "data: $!\n";
my ($new, $whole, $placing, $old) = map { ".devstead-$_" } qw(restoring restored placing replaced);

sub entries {
  my ($folder) = @_;
  opendir my $handle, $folder or die "$folder: $!\n";
  my %own = map { $_ => 1 } '.', '..', $folder eq '.' ? ($new, $whole, $placing, $old) : ();
  return grep { !$own{$_} } readdir $handle;
}

sub move { rename $_[0], $_[1] or die "$_[0]: $!\n" }

sub clear { system('rm', '-rf', '--', @_) == 0 or die "cannot remove @_\n" }

if ($task eq 'replace' && -d $new) { move($new, $whole) }
elsif (-e $new) { clear($new) }

if (-d $whole) {
  mkdir $old or $!{EEXIST} or die "$old: $!\n";
  move($_, "$old/$_") for entries('.');
  move($whole, $placing);
}
if (-d $placing) {
  my @as = stat $placing;
  move("$placing/$_", $_) for entries($placing);
  clear($old) if -e $old;
  chown $as[4], $as[5], '.' or die "owner: $!\n";
  chmod $as[2] & 07777, '.' or die "mode: $!\n";
  rmdir $placing or die "$placing: $!\n";
  utime $as[8], $as[9], '.';
}
