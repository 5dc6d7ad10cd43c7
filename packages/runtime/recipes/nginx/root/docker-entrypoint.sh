#!/bin/bash
# Prepares the configuration and runs a program, nginx as a rule. Before nginx:
#
#   /docker-entrypoint.d/*.envsh   are read, *.sh run, by name
#   /etc/nginx/templates/*.template become /etc/nginx/conf.d/*, with the values of variables in them
#       NGINX_ENVSUBST_TEMPLATE_DIR, NGINX_ENVSUBST_TEMPLATE_SUFFIX, NGINX_ENVSUBST_OUTPUT_DIR: other places;
#       NGINX_ENVSUBST_FILTER: only variables whose names match
set -eu -o pipefail

say() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS-}" ] || echo "docker-entrypoint.sh: $*" >&2; }

# Only variables that are set: nginx's own, such as $host, stay as they are.
fill_templates() {
  local templates=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
  local suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
  local output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
  local template target names name
  [ -d "$templates" ] || return 0
  names=''
  while IFS= read -r name; do
    if [[ $name =~ ${NGINX_ENVSUBST_FILTER-} ]]; then names+="\${$name} "; fi
  done < <(compgen -e)
  find "$templates" -follow -type f -name "*$suffix" -print | sort | while IFS= read -r template; do
    target=$output/${template#"$templates/"}
    target=${target%"$suffix"}
    mkdir -p "$(dirname "$target")"
    say "filling in $template"
    envsubst "$names" < "$template" > "$target"
  done
}

case ${1-} in
  nginx | nginx-debug)
    shopt -s nullglob
    for script in /docker-entrypoint.d/*; do
      case $script in
        *.envsh) say "reading $script"; . "$script" ;;
        *.sh)
          if [ -x "$script" ]; then
            say "running $script"
            "$script"
          else
            say "passing over $script: it is not executable"
          fi
          ;;
        *) say "passing over $script" ;;
      esac
    done
    fill_templates
    ;;
esac
exec "$@"
