/** The value at a path of an object that anybody wrote. */
export function readAt(root: unknown, ...path: readonly (string | number)[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** The text at a path; numbers and booleans in their words. */
export function readText(root: unknown, ...path: readonly (string | number)[]): string | undefined {
  const value = readAt(root, ...path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** The elements of a list, with their indexes; nothing for what is no list. */
export function readList(root: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = readAt(root, ...path);
  return Array.isArray(value) ? value : [];
}

/** A list of texts, if it is one. */
export function readWords(root: unknown, ...path: readonly (string | number)[]): readonly string[] | undefined {
  const value = readAt(root, ...path);
  return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : undefined;
}

/** The texts of a map by their keys. */
export function readTexts(root: unknown, ...path: readonly (string | number)[]): ReadonlyMap<string, string> {
  const value = readAt(root, ...path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map();
  return new Map(
    Object.keys(value).flatMap((key): [string, string][] => {
      const text = readText(value, key);
      return text === undefined ? [] : [[key, text]];
    }),
  );
}
