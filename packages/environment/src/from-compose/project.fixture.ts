import { filesFromMap } from './load/files.ts';
import type { ComposeReading, ComposeRequest } from './project/types.ts';
import { readCompose } from './read-compose.ts';
import { toValue } from './tree/node.ts';

type Texts = Readonly<Record<string, string>>;

/** Reads a project whose files lie in `/p`; a single text is its `compose.yaml`. */
export function readProject(texts: Texts | string, request: Partial<ComposeRequest> = {}): ComposeReading {
  const files = typeof texts === 'string' ? { 'compose.yaml': texts } : texts;
  const absolute = Object.entries(files).map(([path, text]) => [`/p/${path}`, text] as const);
  return readCompose({ cwd: '/p', environment: {}, ...request }, filesFromMap(Object.fromEntries(absolute)));
}

/** Codes with their lines: `compose.unknown-key 3`. */
export function codesOf({ diagnostics }: ComposeReading): readonly string[] {
  return diagnostics.map(({ code, line }) => (line === undefined ? code : `${code} ${line}`));
}

/** The project as plain values. Throws when it has errors. */
export function valuesOf(reading: ComposeReading): Record<string, Record<string, Record<string, unknown>>> {
  const errors = reading.diagnostics.filter(({ severity }) => severity === 'error');
  if (reading.project === undefined || errors.length > 0) throw new Error(JSON.stringify(errors));
  return JSON.parse(JSON.stringify(toValue(reading.project.model)));
}
