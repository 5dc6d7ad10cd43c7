import { NamePool } from '@devstead/devfile';
import type { Environment } from '../../types.ts';
import type { Losses } from '../losses.ts';

/** What containers, volumes and commands are called in the devfile. */
export interface Naming {
  readonly container: (name: string) => string;
  readonly volume: (name: string) => string;
  readonly command: (id: string) => string;
  /** For further components. */
  readonly components: NamePool;
  /** For endpoints, at most 15 letters. */
  readonly endpoint: (wanted: string) => string;
}

const longestEndpoint = 15;

/** Gives every part of an environment a name that devfiles allow; gives `convert.renamed` for those that change. */
export function nameParts({ containers, volumes, commands }: Environment, losses: Losses): Naming {
  const components = new NamePool();
  const ids = new NamePool();
  const endpoints = new NamePool();
  const assign = (pool: NamePool, path: string, names: readonly string[]): ReadonlyMap<string, string> =>
    new Map(
      names.map((name) => {
        const given = pool.take(name);
        if (given !== name) losses.rename(`${path}.${name}`, `${name} is called ${given} in the devfile.`);
        return [name, given];
      }),
    );
  const names = (parts: readonly { readonly name: string }[]) => parts.map(({ name }) => name);
  const ofContainers = assign(components, 'containers', names(containers));
  const ofVolumes = assign(components, 'volumes', names(volumes));
  const ofCommands = assign(
    ids,
    'commands',
    commands.map(({ id }) => id),
  );
  return {
    components,
    container: (name) => ofContainers.get(name) ?? name,
    volume: (name) => ofVolumes.get(name) ?? name,
    command: (id) => ofCommands.get(id) ?? id,
    endpoint: (wanted) => endpoints.take(wanted, longestEndpoint),
  };
}
