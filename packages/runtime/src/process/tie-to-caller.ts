/**
 * Command prefix that ties a program to the process that starts it: the program gets the signal when that process ends,
 * however it ends. The kernel's mark (prctl(2), PR_SET_PDEATHSIG) counts from when it is set, so
 * whoever was killed before that is noticed by the parent's number.
 */
export function tieToCaller(signal: 'TERM' | 'KILL' = 'TERM'): string[] {
  const check = '[ "$PPID" = "$0" ] || exit 125; exec "$@"';
  return ['setpriv', '--pdeathsig', signal, 'sh', '-c', check, String(process.pid)];
}
