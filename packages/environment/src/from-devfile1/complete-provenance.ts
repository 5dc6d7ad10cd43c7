import { listLeaves } from '../leaves.ts';
import type { Environment, Origin } from '../types.ts';
import type { ContainerExtras } from './expansion.ts';
import type { SoundDevfile1 } from './types.ts';

/** Every value's origins: those of the words of 2.x, and where the values came from that those have no place for. */
export function completeProvenance(
  environment: Environment,
  extras: ReadonlyMap<string, ContainerExtras>,
  read: SoundDevfile1,
  file: string,
): Environment['provenance'] {
  const provenance: Record<string, readonly Origin[]> = { ...environment.provenance };
  const fallback: readonly Origin[] = [{ kind: 'file', file }];
  const commands = new Map((read.devfile.commands ?? []).map(({ name }, index) => [name, index]));
  const originsOfExtra = (path: string): readonly Origin[] => {
    const [section, name = '', field, ...rest] = path.split('.');
    const own = section === 'containers' ? extras.get(name) : undefined;
    if (section === 'editor') return originsOfEditor(path, environment, read, commands) ?? fallback;
    if (field === 'runsOnce') return provenance[`containers.${name}.image`] ?? fallback;
    if (field === 'aliases') return own?.aliases.flatMap(({ origins }) => origins) ?? fallback;
    if (field === 'files')
      return own?.files.find(({ value }) => rest.join('.').startsWith(value.path))?.origins ?? fallback;
    const mount = [...(own?.mounts.values() ?? [])][0];
    return mount?.origins ?? fallback;
  };
  for (const { path } of listLeaves(environment)) {
    if (provenance[path] === undefined) {
      const origins = originsOfExtra(path);
      provenance[path] = origins.length === 0 ? fallback : origins;
    }
  }
  return provenance;
}

/** The component that names the editor or plugin, or the command; for the default editor the rule. */
function originsOfEditor(
  path: string,
  { editor }: Omit<Environment, 'provenance'>,
  { originsOf, plugins }: SoundDevfile1,
  commands: ReadonlyMap<string, number>,
): readonly Origin[] | undefined {
  if (path.startsWith('editor.commands.')) {
    const index = commands.get(path.slice('editor.commands.'.length, path.lastIndexOf('.')));
    return index === undefined ? undefined : originsOf(['commands', index]);
  }
  const isEditor = path.startsWith('editor.editor.');
  const name = isEditor ? editor?.editor?.name : undefined;
  const plugin = plugins.find(({ kind, id }) =>
    isEditor ? kind === 'editor' && id === name : kind === 'plugin' && path.startsWith(`editor.plugins.${id}.`),
  );
  if (plugin?.component !== undefined) return originsOf(['components', plugin.component]);
  return [{ kind: 'default', detail: 'devfile 1.0.0: an editor is part of a workspace unless editorFree is true' }];
}
