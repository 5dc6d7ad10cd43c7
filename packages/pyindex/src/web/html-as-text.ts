/** The text of a piece of HTML, without elements and comments; what is no whole element is text. Linear in its length. */
export function readHtmlText(source: string): string {
  let text = '';
  let place = 0;
  while (place < source.length) {
    const begin = source.indexOf('<', place);
    if (begin === -1) break;
    const end = source.startsWith('<!--', begin) ? findAfter(source, '-->', begin + 4) : findAfter(source, '>', begin);
    if (end === undefined) break;
    text += source.slice(place, begin);
    place = end;
  }
  return text + source.slice(place);
}

function findAfter(source: string, mark: string, from: number): number | undefined {
  const at = source.indexOf(mark, from);
  return at === -1 ? undefined : at + mark.length;
}
