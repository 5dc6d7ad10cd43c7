/**
 * Shell: prints the addresses on which something accepts TCP connections in a container's network, one a line, as proc(5)
 * has them: hexadecimal, the port last. It starts no program. `true` in the end.
 */
export const listListeners =
  'for table in /proc/net/tcp /proc/net/tcp6; do [ -r "$table" ] && ' +
  'while read -r number address peer state rest; do [ "$state" = 0A ] && echo "$address"; done <"$table"; done; true';
