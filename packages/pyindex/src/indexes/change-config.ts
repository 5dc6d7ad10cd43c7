import { Refusal } from '../refusal.ts';
import { readGuardSetting } from './guard-settings.ts';
import type { IndexConfig, IndexRecord } from './index-config.ts';
import { indexKeys } from './index-keys-table.ts';
import { readText } from './setting-values.ts';

/** Takes a setting away. */
export const dropped = Symbol('dropped');

/** Settings to set, by the names clients use, or to take away. */
export type ConfigChanges = ReadonlyMap<string, unknown>;

interface Surroundings {
  /** `user/index` of the index that is made or changed. */
  readonly path: string;
  readonly indexes: ReadonlyMap<string, IndexRecord>;
}

const guardPrefix = 'guard_';

/** What an index without settings of its own is. */
function startConfig(type: unknown, owner: string): IndexConfig {
  if (type === 'mirror') return { type, volatile: true };
  if (type !== undefined && type !== 'stage') {
    throw new Refusal('invalid', `unknown index type '${readText(type).slice(0, 100)}'`);
  }
  return {
    type: 'stage',
    volatile: true,
    bases: [],
    acl_upload: [owner],
    acl_toxresult_upload: [':ANONYMOUS:'],
    mirror_whitelist: [],
    mirror_whitelist_inheritance: 'intersection',
  };
}

/** The configuration of a new index. Throws a `Refusal`. */
export function makeConfig(owner: string, changes: ConfigChanges, surroundings: Surroundings): IndexConfig {
  return changeConfig(startConfig(changes.get('type'), owner), changes, surroundings);
}

/** A configuration with changes. Throws a `Refusal` for settings that there are not, bad values and bases that do not exist. */
export function changeConfig(config: IndexConfig, changes: ConfigChanges, surroundings: Surroundings): IndexConfig {
  const type = changes.get('type');
  if (type !== undefined && type !== config.type) {
    throw new Refusal('invalid', "the 'type' of an index can't be changed");
  }
  const result: Record<string, unknown> = { ...config };
  const guard: Record<string, unknown> = { ...config.guard };
  const unknown: string[] = [];
  for (const [name, value] of changes) {
    // Sent back by clients that change what they have read.
    if (name === 'type' || name === 'projects') continue;
    if (name.startsWith(guardPrefix)) {
      const short = name.slice(guardPrefix.length);
      const read = value === dropped ? undefined : readGuardSetting(short, value);
      if (value === dropped) delete guard[short];
      else if (read === undefined) unknown.push(`${name}=${readText(value)}`);
      else guard[short] = read;
      continue;
    }
    const key = Object.hasOwn(indexKeys, name) ? indexKeys[name] : undefined;
    if (value === dropped) {
      if (key?.isRequired === true) throw new Refusal('invalid', "Default values can't be removed.");
      delete result[name];
    } else if (key?.types.includes(config.type) === true) {
      if (!isMasked(config, name, value)) result[name] = key.read(value);
    } else unknown.push(`${name}=${readText(value)}`);
  }
  if (unknown.length > 0) {
    throw new Refusal('invalid', `indexconfig got unexpected keyword arguments: ${unknown.join(', ').slice(0, 1000)}`);
  }
  if (Object.keys(guard).length > 0) result['guard'] = guard;
  else delete result['guard'];
  const changed = result as unknown as IndexConfig;
  checkBases(changed, surroundings);
  return changed;
}

function checkBases(config: IndexConfig, { path, indexes }: Surroundings): void {
  if (config.type !== 'stage') return;
  for (const base of config.bases) {
    if (base === path || !indexes.has(base)) throw new Refusal('invalid', `base index '${base}' does not exist`);
  }
}

/**
 * A configuration by the names clients use. `isManager`: whether whoever reads may change it; for everybody else the
 * password in the address of a mirror is masked.
 */
export function showConfig(config: IndexConfig, isManager: boolean): Record<string, unknown> {
  const { guard, ...rest } = config;
  return {
    ...rest,
    ...(!isManager && rest.type === 'mirror' && rest.mirror_url !== undefined
      ? { mirror_url: maskPassword(rest.mirror_url) }
      : {}),
    ...Object.fromEntries(Object.entries(guard ?? {}).map(([name, value]) => [guardPrefix + name, value])),
  };
}

function maskPassword(address: string): string {
  return address.replace(/^([^:]+:\/\/)[^/@]*@/, '$1***@');
}

function isMasked(config: IndexConfig, name: string, value: unknown): boolean {
  if (name !== 'mirror_url' || config.type !== 'mirror' || config.mirror_url === undefined) return false;
  return value !== config.mirror_url && value === maskPassword(config.mirror_url);
}
