import type { Origin } from '@devstead/devfile';
import type { ExpandedComponent, Expansion } from './expansion.ts';
import type { SoundDevfile1 } from './types.ts';

const projectsRoot = 'CHE_PROJECTS_ROOT';

interface Shared {
  readonly name: string;
  readonly value: string;
  readonly origins: readonly Origin[];
}

/**
 * Adds what containers get without asking: where the sources are, by its older name, for those that have them, and the
 * variables that editors and plugins give to all. A container's own value of a name stays.
 */
export function addSharedVariables(expansion: Expansion, { plugins, originsOf }: SoundDevfile1): void {
  const ofPlugins = plugins.flatMap(({ meta, component: index, id }) => {
    const named = index === undefined ? [] : originsOf(['components', index]);
    const origins = named.map((origin): Origin => ({ ...origin, kind: 'plugin', detail: id }));
    return (meta?.workspaceEnv ?? []).map((variable): Shared => ({ ...variable, origins }));
  });
  const rule = `devfile 1.0.0: ${projectsRoot} is where the sources are`;
  const root: Shared = {
    name: projectsRoot,
    value: `$(${projectsRoot})`,
    origins: [{ kind: 'default', detail: rule }],
  };
  for (const [place, one] of expansion.components.entries()) {
    const shared = one.component.mountSources === true ? [...ofPlugins, root] : ofPlugins;
    expansion.components[place] = addVariables(one, shared);
  }
}

function addVariables(expanded: ExpandedComponent, shared: readonly Shared[]): ExpandedComponent {
  const { component, originsOf } = expanded;
  const { env = [] } = component;
  const names = new Set(env.map(({ name }) => name));
  const added = shared.filter(({ name }) => {
    const isFree = !names.has(name);
    names.add(name);
    return isFree;
  });
  if (added.length === 0) return expanded;
  return {
    ...expanded,
    component: { ...component, env: [...env, ...added.map(({ name, value }) => ({ name, value }))] },
    originsOf: (path) => {
      const own = path[0] === 'env' ? added[Number(path[1]) - env.length]?.origins : undefined;
      return own !== undefined && own.length > 0 ? own : originsOf(path);
    },
  };
}
