/** Runs a program to its end and returns what it printed. */
type Run = (argv: readonly string[], what: string) => Promise<string>;

/** Arguments: the number of a group and a folder of it, and so on. A file goes with the last of all its links. */
const script = `
while [ $# -gt 0 ]; do
  find "$2" -xdev -type f -printf "$1 %i %n %s\\n" 2>/dev/null || true
  shift 2
done | awk '{ if ($3 == 1 || ++seen[$2] == $3) bytes[$1] += $4 } END { for (group in bytes) printf "%d %.0f\\n", group, bytes[group] }'
`;

/**
 * Bytes that go with each of several groups of folders of one file system, removed one after the other. Files may have links in
 * several folders: one counts for the group with its last link, and not at all where a link of it stays. What is removed meanwhile
 * may be missed.
 */
export async function measureFreed(run: Run, groups: readonly (readonly string[])[]): Promise<readonly number[]> {
  const bytes = groups.map(() => 0);
  const words = groups.flatMap((folders, group) => folders.flatMap((folder) => [String(group), folder]));
  if (words.length === 0) return bytes;
  const said = await run(['sh', '-euc', script, 'sh', ...words], 'measuring what goes');
  for (const line of said.trim().split('\n')) {
    const [group = 0, freed = 0] = line.split(' ').map(Number);
    if (line !== '') bytes[group] = freed;
  }
  return bytes;
}
