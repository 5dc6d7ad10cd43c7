#!/usr/bin/env bash
# Sets the password of the index's user root and makes the index that packages come from. Run again, it changes nothing
# that is right already.
#
#   ADMIN_PASSWORD   the password root has, or is to have when it still has none; asked for at a terminal when not set
#   DEVPI_URL, DEVPI_ADMIN_INDEX (root/stable), DEVPI_ADMIN_BASES (root/pypi)
#
# No secret is ever an argument of a program, where other users of the machine could read it.
set -euo pipefail

url=${DEVPI_URL:-@URL@}
url=${url%/}
index=${DEVPI_ADMIN_INDEX:-@INDEX@}
bases=${DEVPI_ADMIN_BASES:-root/pypi}

fail() {
  printf 'devpi-init-admin: %s\n' "$1" >&2
  exit 1
}

command -v curl >/dev/null 2>&1 || fail 'curl is not installed'
[[ $index =~ ^[^/+[:space:]]+/[^/+[:space:]]+$ ]] || fail "$index is no name of an index, such as root/stable"

password=${ADMIN_PASSWORD:-}
if [[ -z $password ]]; then
  [[ -t 0 ]] || fail 'set ADMIN_PASSWORD, or run it at a terminal'
  read -rsp 'Password of root: ' password
  printf '\n' >&2
  [[ -n $password ]] || fail 'the password is empty'
fi

[[ $password != *[[:cntrl:]]* ]] || fail 'a password must have no control characters'

quote() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# request METHOD PATH AUTH BODY: the answer in $answer, its status in $status. AUTH and BODY go through files of curl's.
request() {
  local method=$1 path=$2 auth=$3 body=$4
  answer=$(
    curl --silent --show-error --max-time 30 --request "$method" --header 'Accept: application/json' \
      --header 'Content-Type: application/json' --write-out '\n%{http_code}' --data-binary @- \
      --config <([[ -z $auth ]] || printf 'header = "X-Devpi-Auth: %s"\n' "$auth") "$url$path" <<<"$body"
  ) || fail "$url cannot be reached"
  status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
}

message() {
  sed -n 's/.*"message": *"\([^"]*\)".*/\1/p' <<<"$answer" | head -n 1
}

# login PASSWORD: true, and the credentials in $auth, when it is the one that root has.
login() {
  local token
  request POST /+login '' "{\"user\": \"root\", \"password\": $(quote "$1")}"
  [[ $status == 200 ]] || return 1
  token=$(sed -n 's/.*"password": *"\([^"]*\)".*/\1/p' <<<"$answer" | head -n 1)
  auth=$(printf 'root:%s' "$token" | base64 | tr -d '\n')
}

if login "$password"; then
  printf 'root has its password\n'
elif login ''; then
  request PATCH /root "$auth" "{\"password\": $(quote "$password")}"
  [[ $status == 200 ]] || fail "the password could not be set: $status $(message)"
  login "$password" || fail 'the index does not take the password that was set'
  printf 'root got its password\n'
else
  fail "root has another password; \`devstead index passwd root\` sets it anew"
fi

request GET "/$index?no_projects=" "$auth" ''
if [[ $status == 200 ]]; then
  printf '%s is there\n' "$index"
else
  request PUT "/$index" "$auth" "{\"bases\": $(quote "$bases")}"
  [[ $status == 200 || $status == 201 || $status == 409 ]] || fail "$index could not be made: $status $(message)"
  printf '%s is made, with bases=%s\n' "$index" "$bases"
fi
printf 'pip install --index-url %s/%s/+simple/ PACKAGE\n' "$url" "$index"
