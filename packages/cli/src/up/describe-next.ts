import { isAbsolute, relative } from 'node:path';
import type { Environment } from '@devstead/environment';
import { harmlessText } from '../harmless-text.ts';

/** Where somebody stands, and the workspace that is up. */
interface Standing {
  readonly cwd: string;
  readonly workspace: { readonly name: string; readonly folder: string };
  /** Commands without `--name` mean this workspace, from `cwd`. */
  readonly isMeant: boolean;
}

/**
 * What to type after an `up`, as it works from where it was typed: lines of text. A workspace of a folder below is reached by
 * going there, one elsewhere by its name.
 */
export function describeNext(
  { commands }: Pick<Environment, 'commands'>,
  { cwd, workspace, isMeant }: Standing,
): string[] {
  const way = relative(cwd, workspace.folder);
  const isBelow = way !== '' && !way.startsWith('..') && !isAbsolute(way);
  const name = isMeant || isBelow ? '' : ` --name ${quote(workspace.name)}`;
  const { id: run } = commands.find(({ group }) => group?.kind === 'run' && group.isDefault) ?? {};
  const verbs = [
    ...(run === undefined ? [] : [`run${name} ${quote(run)}`]),
    ...(run === undefined && commands.length > 0 ? [`run${name} COMMAND`] : []),
    `shell${name}`,
    `logs -f${name}`,
    `down${name}`,
  ];
  const line = verbs.map((verb) => `devstead ${verb}`).join(' | ');
  return isBelow && !isMeant ? [`next: cd ${quote(way)}`, `      ${line}`] : [`next: ${line}`];
}

function quote(text: string): string {
  const shown = harmlessText(text, false);
  return /^[\w./@:+-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
