/**
 * The words of a command line, split as docker compose splits `command: python app.py "a b"`: blanks part words, single
 * and double quotes and backslashes hide, nothing is expanded. Undefined when quotes are not closed.
 */
export function splitShellWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word = '';
  let hasWord = false;
  let quote = '';
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index] ?? '';
    if (character === '\\' && quote !== "'") {
      index += 1;
      if (index >= line.length) return undefined;
      const next = line[index] ?? '';
      word += next;
      hasWord = true;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      hasWord = true;
    } else if (/[ \t\r\n]/.test(character)) {
      if (hasWord) words.push(word);
      word = '';
      hasWord = false;
    } else {
      word += character;
      hasWord = true;
    }
  }
  if (quote !== '') return undefined;
  return hasWord ? [...words, word] : words;
}
