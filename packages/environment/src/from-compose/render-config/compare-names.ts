const piece = /\d+|\D/gu;

/** The order of keys as docker compose prints them: numbers in them by their value, other signs before letters. */
export function compareNames(left: string, right: string): number {
  const [one, two] = [left.match(piece) ?? [], right.match(piece) ?? []];
  for (let index = 0; index < Math.min(one.length, two.length); index += 1) {
    const order = comparePieces(one[index] ?? '', two[index] ?? '');
    if (order !== 0) return order;
  }
  return one.length - two.length;
}

function comparePieces(left: string, right: string): number {
  if (left === right) return 0;
  const [isNumber, isOtherNumber] = [/^\d/.test(left), /^\d/.test(right)];
  if (isNumber && isOtherNumber) return Number(left) - Number(right) || left.length - right.length;
  const [isLetter, isOtherLetter] = [/^\p{L}/u.test(left), /^\p{L}/u.test(right)];
  if (isLetter && isOtherLetter) return left < right ? -1 : 1;
  if (isLetter || isOtherLetter) {
    return isLetter ? 1 : -1;
  }
  return left < right ? -1 : 1;
}
