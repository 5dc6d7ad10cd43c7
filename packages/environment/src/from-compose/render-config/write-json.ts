import type { Output } from './lay-out.ts';

/** The value as JSON, indented by two, `<`, `>` and `&` escaped as docker compose does. */
export function writeJson(value: Output): string {
  return escapeMarkup(JSON.stringify(toPlain(value), null, 2));
}

/** The same on one line without blanks. */
export function writeCompactJson(value: Output): string {
  return escapeMarkup(JSON.stringify(toPlain(value)));
}

function escapeMarkup(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function toPlain(value: Output): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (!(value instanceof Map)) return value;
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, below] of value) result[key] = toPlain(below);
  return result;
}
