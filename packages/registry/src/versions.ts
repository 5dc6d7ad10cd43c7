interface ParsedVersion {
  readonly numbers: readonly number[];
  readonly before: readonly string[];
}

/** `1.2`, `1.2.3`, `1.2.3-beta.1`: what tags of OCI artifacts and folders can be called too. */
const form = /^\d{1,9}(?:\.\d{1,9}){0,3}(?:-[0-9A-Za-z][0-9A-Za-z.-]{0,63})?$/;

export function isVersion(text: string): boolean {
  return form.test(text);
}

/** Negative when the first is older. Missing numbers count as 0; what is no version is older than all. */
export function compareVersions(left: string, right: string): number {
  const [first, second] = [parse(left), parse(right)];
  const length = Math.max(first.numbers.length, second.numbers.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (first.numbers[index] ?? 0) - (second.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return compareBefore(first.before, second.before);
}

function parse(text: string): ParsedVersion {
  if (!isVersion(text)) return { numbers: [-1], before: [] };
  const dash = text.indexOf('-');
  const main = dash === -1 ? text : text.slice(0, dash);
  return { numbers: main.split('.').map(Number), before: dash === -1 ? [] : text.slice(dash + 1).split('.') };
}

/** Semantic Versioning 2.0.0, 11.3 and 11.4: a version before a release is older than it. */
function compareBefore(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return right.length - left.length;
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [first, second] = [left[index], right[index]];
    if (first === undefined || second === undefined) return first === undefined ? -1 : 1;
    if (first === second) continue;
    const [isFirst, isSecond] = [/^\d+$/.test(first), /^\d+$/.test(second)];
    if (isFirst && isSecond) return Number(first) - Number(second);
    if (isFirst !== isSecond) return isFirst ? -1 : 1;
    return first < second ? -1 : 1;
  }
  return 0;
}
