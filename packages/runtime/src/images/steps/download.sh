# Usage: download.sh UPDATE PACKAGES...
# Fetches what is needed to install PACKAGES. UPDATE: yes, no, or try (lists that are there will do). APT_CONFIG says
# from where.
update=$1
shift
case $update in
  yes) apt-get --error-on=any update ;;
  try) apt-get --error-on=any update || echo 'the package lists could not be brought up to date; going on with those there are' >&2 ;;
esac
[ $# = 0 ] || apt-get --yes --download-only install "$@"
