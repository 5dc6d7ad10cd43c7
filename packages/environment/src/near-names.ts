/** Up to three of the names that the word may have been meant for: those it is part of, or is two letters away from. */
export function findNearNames(word: string, names: readonly string[]): readonly string[] {
  const meant = word.toLowerCase();
  return names
    .map((name) => ({ name, distance: measureDistance(meant, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= 2 || (meant.length > 2 && name.toLowerCase().includes(meant)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** How many letters must be put in, left out or changed to make one word the other. */
function measureDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= to.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (letter === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
