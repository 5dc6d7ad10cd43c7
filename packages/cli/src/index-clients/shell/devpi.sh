export DEVPI_URL='@URL@'
@CA@
devpi-env() {
  printf 'DEVPI_URL       %s\n' "$DEVPI_URL"
  printf 'DEVPI_INDEX     %s\n' "${DEVPI_INDEX:-@INDEX@}"
  printf 'DEVPI_USERNAME  %s\n' "${DEVPI_USERNAME:-@USERNAME@}"
  if [ -n "${DEVPI_PASSWORD:-}" ]; then printf 'DEVPI_PASSWORD  is set\n'; else printf 'DEVPI_PASSWORD  is not set\n'; fi
  printf 'pip             %s\n' "${PIP_INDEX_URL:-$(pip config get global.index-url 2>/dev/null || printf 'its own default')}"
  if command -v devpi >/dev/null 2>&1; then devpi --version; else printf 'devpi           is not installed: pip install devpi-client\n'; fi
}
devpi-init-admin() { bash '@SCRIPTS@/devpi-init-admin.sh' "$@"; }
devpi-upload-pkg() { bash '@SCRIPTS@/devpi-upload-pkg.sh' "$@"; }
