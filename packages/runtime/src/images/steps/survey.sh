# Usage: survey.sh ROOT PACKAGES...
# Prints every file of the image as "kind<TAB>path<TAB>target of the link", then the files of each of PACKAGES after a
# line "package<TAB>name"; each ends with a zero byte. Fails on a package that is not installed.
cd "$1"
shift
find . -xdev -mindepth 1 -printf '%y\t%P\t%l\0'
for package; do
  printf 'package\t%s\0' "$package"
  dpkg-query --admindir=var/lib/dpkg --listfiles "$package" | tr '\n' '\0'
done
