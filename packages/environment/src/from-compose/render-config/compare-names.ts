/**
 * The order of keys as docker compose prints them: numbers in them by their value; other signs before letters, and after
 * a digit behind them.
 */
export function compareNames(left: string, right: string): number {
  const [one, two] = [[...left], [...right]];
  const index = one.findIndex((letter, place) => letter !== two[place]);
  const [first, second] = [one[index], two[index]];
  if (index === -1 || first === undefined || second === undefined) return one.length - two.length;
  const [isLetter, isOther] = [/\p{L}/u.test(first), /\p{L}/u.test(second)];
  if (isLetter && isOther) return compareCodes(first, second);
  if (isLetter || isOther) {
    const isAfterDigit = /\d/.test(one[index - 1] ?? '');
    return isLetter === isAfterDigit ? -1 : 1;
  }
  const [digits, others] = [readDigits(one, index), readDigits(two, index)];
  return Number(digits) - Number(others) || digits.length - others.length || compareCodes(first, second);
}

function readDigits(letters: readonly string[], start: number): string {
  const end = letters.findIndex((letter, place) => place >= start && !/\d/.test(letter));
  return letters.slice(start, end === -1 ? letters.length : end).join('');
}

function compareCodes(left: string, right: string): number {
  return (left.codePointAt(0) ?? 0) - (right.codePointAt(0) ?? 0);
}
