/**
 * JSON with comments as YAML takes it: comments and tabs between values become blanks, so that every place stays where
 * it is. What stands in quotes is left alone.
 */
export function blankComments(text: string): string {
  return text.replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\t/g, (part) =>
    part.startsWith('"') ? part : part.replace(/[^\n]/g, ' '),
  );
}
