import { compareVersions, isVersion } from '../versions.ts';
import { builtInPlugins } from './built-in-plugins.ts';
import type { Plugin } from './plugin.ts';

/** A row of `/v3/plugins/index.json`. */
export interface PluginRow {
  readonly id: string;
  readonly displayName?: string;
  readonly version: string;
  readonly type: string;
  readonly name: string;
  readonly description?: string;
  readonly publisher: string;
  readonly deprecate?: unknown;
  readonly links: { readonly self: string };
}

/** Editors and plugins by their id; what is built in comes first and cannot be replaced. */
export class PluginCatalog {
  readonly #byId: ReadonlyMap<string, Plugin>;

  constructor(plugins: readonly Plugin[] = []) {
    const byId = new Map<string, Plugin>();
    for (const plugin of [...builtInPlugins, ...plugins]) if (!byId.has(plugin.id)) byId.set(plugin.id, plugin);
    this.#byId = byId;
  }

  /** By `PUBLISHER/NAME/VERSION`; where nothing is called `latest`, that is the newest version. */
  find(id: string): Plugin | undefined {
    const found = this.#byId.get(id);
    if (found !== undefined || !id.endsWith('/latest')) return found;
    const prefix = id.slice(0, -'latest'.length);
    const others = [...this.#byId.values()].filter((plugin) => plugin.id === `${prefix}${plugin.version}`);
    return others.toSorted(compareNewest)[0];
  }

  /** The index, by id. */
  list(): readonly PluginRow[] {
    return [...this.#byId.values()]
      .toSorted((left, right) => (left.id < right.id ? -1 : 1))
      .map(({ text: _text, ...row }) => ({ ...row, links: { self: `/v3/plugins/${row.id}` } }));
  }
}

function compareNewest(left: Plugin, right: Plugin): number {
  if (isVersion(left.version) || isVersion(right.version)) return compareVersions(right.version, left.version);
  return left.version < right.version ? 1 : -1;
}
