#!/usr/bin/env bash
# Checks packages and uploads them: devpi-upload-pkg FILE...
#
#   DEVPI_URL, DEVPI_UPLOAD_INDEX (DEVPI_INDEX, else root/stable)
#
# Uploads with the devpi client (which must be logged in), else with twine, else with uv. Nothing is uploaded when one of
# the files is bad.
set -euo pipefail

url=${DEVPI_URL:-@URL@}
url=${url%/}
index=${DEVPI_UPLOAD_INDEX:-${DEVPI_INDEX:-@INDEX@}}
case $index in
  http://* | https://*) target=$index ;;
  *) target=$url/$index ;;
esac

if (($# == 0)) || [[ $1 == -h || $1 == --help ]]; then
  printf 'usage: devpi-upload-pkg FILE...\n\nFILE is a wheel (.whl) or a source distribution (.tar.gz, .zip).\nIt goes to %s\n' "$target" >&2
  (($# == 0)) && exit 2
  exit 0
fi

bad=0
refuse() {
  printf 'devpi-upload-pkg: %s: %s\n' "$1" "$2" >&2
  bad=1
}

list_zip() {
  python3 -c 'import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    broken = archive.testzip()
    if broken: sys.exit(1)
    print("\n".join(archive.namelist()))' "$1" 2>/dev/null
}

# Its name, its content and what must be in it (PEP 427, PEP 625).
check() {
  local file=$1 name=${1##*/} entries
  [[ -e $file ]] || { refuse "$file" 'there is no such file'; return; }
  [[ -f $file && -r $file ]] || { refuse "$file" 'it is no file that can be read'; return; }
  [[ -s $file ]] || { refuse "$file" 'it is empty'; return; }
  case $name in
    *.whl)
      [[ $name =~ ^[A-Za-z0-9_.]+-[A-Za-z0-9_.!+]+(-[0-9][A-Za-z0-9_]*)?-[A-Za-z0-9_.]+-[A-Za-z0-9_.]+-[A-Za-z0-9_.]+\.whl$ ]] ||
        { refuse "$file" 'the name of a wheel is NAME-VERSION-PYTHON-ABI-PLATFORM.whl'; return; }
      entries=$(list_zip "$file") || { refuse "$file" 'it is damaged, or no wheel'; return; }
      grep -Eq '^[^/]+\.dist-info/METADATA$' <<<"$entries" || refuse "$file" 'it has no METADATA'
      ;;
    *.tar.gz | *.zip)
      [[ $name =~ ^[A-Za-z0-9_.-]+-[0-9][A-Za-z0-9_.!+-]*\.(tar\.gz|zip)$ ]] ||
        { refuse "$file" 'the name of a source distribution is NAME-VERSION.tar.gz'; return; }
      if [[ $name == *.zip ]]; then
        entries=$(list_zip "$file") || { refuse "$file" 'it is damaged, or no archive'; return; }
      else
        entries=$(tar -tzf "$file" 2>/dev/null) || { refuse "$file" 'it is damaged, or no archive'; return; }
      fi
      grep -Eq '^[^/]+/PKG-INFO$' <<<"$entries" || refuse "$file" 'it has no PKG-INFO'
      ;;
    *) refuse "$file" 'it is neither a wheel (.whl) nor a source distribution (.tar.gz, .zip)' ;;
  esac
}

for file in "$@"; do check "$file"; done
((bad == 0)) || exit 1

if command -v devpi >/dev/null 2>&1; then
  exec devpi upload --index "$target" "$@"
elif command -v twine >/dev/null 2>&1; then
  exec twine upload --repository-url "$target/" "$@"
elif command -v uv >/dev/null 2>&1; then
  exec uv publish --publish-url "$target/" "$@"
fi
printf 'devpi-upload-pkg: none of devpi, twine and uv is installed; for example: pip install devpi-client\n' >&2
exit 1
