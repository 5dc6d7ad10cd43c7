import { isAbsolute, relative } from 'node:path';
import type { Environment } from '@devstead/environment';
import { quoteWord } from '../quote-word.ts';

/** Where somebody stands, and the workspace that is up. */
interface Standing {
  readonly cwd: string;
  readonly workspace: { readonly name: string; readonly folder: string };
  /** Whether commands without `--name` mean this workspace when they are typed in a folder. */
  readonly isMeantIn: (folder: string) => boolean;
}

/**
 * What to type after an `up`, as it works from where it was typed: lines of text. A workspace of a folder below is reached by
 * going there, one elsewhere by its name.
 */
export function describeNext(
  { commands, containers }: Pick<Environment, 'commands' | 'containers'>,
  { cwd, workspace, isMeantIn }: Standing,
): string[] {
  const way = relative(cwd, workspace.folder);
  const isHere = isMeantIn(cwd);
  const isBelow = !isHere && way !== '' && !/^\.\.(\/|$)/.test(way) && !isAbsolute(way) && isMeantIn(workspace.folder);
  const name = isHere || isBelow ? '' : ` --name ${quoteWord(workspace.name)}`;
  const { id: run } = commands.find(({ group }) => group?.kind === 'run' && group.isDefault) ?? {};
  const verbs = [
    ...(run === undefined ? [] : [`run${name} ${quoteWord(run)}`]),
    ...(run === undefined && commands.length > 0 ? [`run${name} COMMAND`] : []),
    ...(containers.length === 0 ? [] : [`shell${name}`, `logs -f${name}`]),
    `down${name}`,
  ];
  const line = verbs.map((verb) => `devstead ${verb}`).join(' | ');
  return isBelow ? [`next: cd ${quoteWord(way)}`, `      ${line}`] : [`next: ${line}`];
}
