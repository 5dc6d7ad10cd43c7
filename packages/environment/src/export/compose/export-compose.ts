import { Losses } from '../losses.ts';
import { toYaml } from '../text/write-document.ts';
import type { Export, ExportSource } from '../types.ts';
import { makeProject } from './make-project.ts';

/** An environment as `compose.yaml`. */
export function exportCompose(source: ExportSource): Export {
  const losses = new Losses(source);
  const text = writeProject(makeProject(source, losses));
  return { files: [{ path: 'compose.yaml', text }], diagnostics: losses.diagnostics };
}

/** A project as text: `$` is doubled, so that nothing is put in when it is read. */
export function writeProject(project: object): string {
  return toYaml(doubleDollars(project));
}

/** Keys are not interpolated. */
function doubleDollars(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(doubleDollars);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, doubleDollars(member)]));
}
