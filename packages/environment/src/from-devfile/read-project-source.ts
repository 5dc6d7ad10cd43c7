import type { DocumentPath, GitSource } from '@devstead/devfile';
import type { ProjectSource } from '../types.ts';
import { normalizeFolder } from './container-path.ts';
import type { Reading } from './reading.ts';

interface WrittenSource {
  readonly name: string;
  readonly git?: GitSource;
  readonly zip?: { readonly location?: string };
}

/** Where a project or a starter comes from. Nothing where neither a remote nor an address is written: rules report it. */
export function readSource(
  reading: Reading,
  { git, zip }: WrittenSource,
  path: string,
  at: DocumentPath,
): Pick<ProjectSource, 'git' | 'zip'> {
  const location = zip?.location;
  if (location !== undefined) reading.record(`${path}.zip.location`, reading.originsAt([...at, 'zip', 'location']));
  return {
    ...(git === undefined ? {} : readGit(reading, git, path, [...at, 'git'])),
    ...(location === undefined ? {} : { zip: { location } }),
  };
}

function readGit(reading: Reading, git: GitSource, path: string, at: DocumentPath): Pick<ProjectSource, 'git'> {
  const names = Object.keys(git.remotes);
  const checkoutAt = [...at, 'checkoutFrom'];
  const fallback = names[0];
  if (fallback === undefined) return {};
  for (const name of names) reading.record(`${path}.git.remotes.${name}`, reading.originsAt([...at, 'remotes', name]));
  const checkoutRemote = reading.take(
    `${path}.git.checkoutRemote`,
    { at: [...checkoutAt, 'remote'], value: git.checkoutFrom?.remote || undefined },
    { value: fallback, rule: 'the only remote is checked out unless said' },
  );
  const revision = git.checkoutFrom?.revision || undefined;
  if (revision !== undefined) reading.record(`${path}.git.revision`, reading.originsAt([...checkoutAt, 'revision']));
  return { git: { remotes: { ...git.remotes }, checkoutRemote, ...(revision === undefined ? {} : { revision }) } };
}

/**
 * The folder of the sources that stands for the whole (devfile 2, 1.6). One that leaves them gives
 * `environment.project-folder`.
 */
export function readSubDir(
  reading: Reading,
  written: unknown,
  path: string,
  at: DocumentPath,
): Pick<ProjectSource, 'subDir'> {
  if (written === undefined || written === '') return {};
  const folder = typeof written === 'string' ? normalizeFolder(written.replace(/^\/+/, '')) : undefined;
  if (folder === undefined) {
    reading.report({
      code: 'environment.project-folder',
      severity: 'error',
      at,
      message: `${JSON.stringify(written)} is no folder of the sources.`,
      hint: 'Write a folder of the sources, relative and without `..`.',
    });
    return {};
  }
  if (folder === '.') return {};
  reading.record(`${path}.subDir`, reading.originsAt(at));
  return { subDir: folder };
}
