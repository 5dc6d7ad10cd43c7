/** Longer words, and for the nearest more names, are not compared: it would take long and help nobody. */
const longestLetters = 64;
const longestSuggested = 24;
const mostSuggested = 100;

/** The name nearest to a misspelt one, when it is near enough to be what was meant: a third of the letters may differ. */
export function findNearestName(word: string, names: readonly string[]): string | undefined {
  if (word.length > longestSuggested) return undefined;
  let nearest: string | undefined;
  let shortest = Number.POSITIVE_INFINITY;
  for (const name of names.slice(0, mostSuggested)) {
    const distance = measureDistance(word, name, Math.max(1, Math.floor(word.length / 3)));
    if (distance < shortest) {
      nearest = name;
      shortest = distance;
    }
  }
  return nearest;
}

/** Up to three of the names that a word may have been meant for: those it is part of, or is two letters away from. */
export function findNearNames(word: string, names: readonly string[]): readonly string[] {
  const part = word.toLowerCase();
  return names
    .map((name) => ({ name, distance: measureDistance(word, name, 2) }))
    .filter(
      ({ name, distance }) =>
        distance < Number.POSITIVE_INFINITY || (part.length > 2 && name.toLowerCase().includes(part)),
    )
    .sort((left, right) => compareDistances(left, right))
    .slice(0, 3)
    .map(({ name }) => name);
}

interface Measured {
  readonly name: string;
  readonly distance: number;
}

/** Of names that the word is only part of, the shorter is nearer. */
function compareDistances(left: Measured, right: Measured): number {
  if (left.distance !== right.distance) return left.distance < right.distance ? -1 : 1;
  return left.distance < Number.POSITIVE_INFINITY ? 0 : left.name.length - right.name.length;
}

/**
 * Letters to put in, leave out, change or swap with their neighbour to make one word the other, capitals or not;
 * infinite when that is more than `most`.
 */
function measureDistance(word: string, name: string, most: number): number {
  const tooFar = Number.POSITIVE_INFINITY;
  if (word.length > longestLetters || Math.abs(word.length - name.length) > most) return tooFar;
  const [left, right] = [word.toLowerCase(), name.toLowerCase()];
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  let leastBefore = 0;
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      const isSwap =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const distance = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[column - 2] ?? 0) + 1 : tooFar,
      );
      current.push(distance);
      least = Math.min(least, distance);
    }
    // No row after these two can come below both.
    if (least > most && leastBefore >= most) return tooFar;
    leastBefore = least;
    beforeLast = last;
    last = current;
  }
  const distance = last[right.length] ?? 0;
  return distance > most ? tooFar : distance;
}
