import type { Reporter } from '../report.ts';
import {
  type ComposeNode,
  listAt,
  type MapNode,
  makeMap,
  mapAt,
  mapOf,
  scalarAt,
  withEntry,
  withoutEntry,
} from '../tree/node.ts';

export interface Selection {
  readonly model: MapNode;
  readonly disabled: MapNode;
}

const sections = ['services', 'jobs'] as const;

/**
 * The services that are enabled: those without profiles, those of an active one, and those asked for by name with what
 * shares their profiles (Compose Specification, Profiles). Gives `compose.unknown-service`.
 */
export function selectServices(
  model: MapNode,
  profiles: readonly string[],
  asked: readonly string[],
  report: Reporter,
): Selection {
  const services = mapAt(model, 'services') ?? mapOf(model, {});
  const known = [...services.entries.keys()];
  for (const name of asked) {
    if (services.entries.has(name)) continue;
    report.error('compose.unknown-service', undefined, `there is no service ${name}`, {
      misspelt: { written: name, known },
    });
  }
  const active = new Set(profiles);
  for (const name of asked) {
    const service = services.entries.get(name)?.node;
    if (!isEnabled(service, active)) for (const profile of profilesOf(service)) active.add(profile);
  }
  let result = model;
  let disabled = mapOf(model, {});
  for (const section of sections) {
    const all = mapAt(model, section);
    if (all === undefined) continue;
    const [on, off] = split(all, (node) => isEnabled(node, active));
    result = withEntry(result, section, on);
    if (section === 'services') disabled = off;
  }
  return asked.length === 0 ? { model: result, disabled } : keepAsked(result, disabled, asked);
}

/** What is asked for and what that needs; dependencies on anything else go with it. */
function keepAsked(model: MapNode, disabled: MapNode, asked: readonly string[]): Selection {
  const services = mapAt(model, 'services') ?? mapOf(model, {});
  const wanted = new Set<string>();
  const waiting = [...asked];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const service = services.entries.get(name)?.node;
    if (wanted.has(name) || service === undefined) continue;
    wanted.add(name);
    waiting.push(...(mapAt(service, 'depends_on')?.entries.keys() ?? []));
  }
  const names = new Set([...services.entries.keys()].filter((name) => wanted.has(name)));
  const kept = [...services.entries].filter(([name]) => names.has(name));
  const rest = [...services.entries].filter(([name]) => !names.has(name));
  const trimmed = kept.map(([name, entry]): (typeof kept)[number] => [
    name,
    entry.node.kind === 'map' ? { ...entry, node: trimDependencies(entry.node, names) } : entry,
  ]);
  return {
    model: withEntry(model, 'services', makeMap(trimmed, services)),
    disabled: makeMap([...disabled.entries, ...rest], disabled),
  };
}

function trimDependencies(service: MapNode, names: ReadonlySet<string>): MapNode {
  const dependencies = mapAt(service, 'depends_on');
  if (dependencies === undefined) return service;
  const kept = [...dependencies.entries].filter(([name]) => names.has(name));
  if (kept.length === 0) return withoutEntry(service, 'depends_on');
  return withEntry(service, 'depends_on', makeMap(kept, dependencies));
}

/** Only the networks, volumes, secrets and configs that the services use. */
export function dropUnused(model: MapNode): MapNode {
  const used: Record<string, Set<string>> = {
    networks: new Set(),
    volumes: new Set(),
    secrets: new Set(),
    configs: new Set(),
    models: new Set(),
  };
  const note = (section: string, name: unknown) => {
    if (typeof name === 'string' && name !== '') used[section]?.add(name);
  };
  for (const section of sections) {
    for (const { node } of mapAt(model, section)?.entries.values() ?? []) {
      for (const name of mapAt(node, 'networks')?.entries.keys() ?? []) note('networks', name);
      for (const name of mapAt(node, 'models')?.entries.keys() ?? []) note('models', name);
      for (const mount of listAt(node, 'volumes')?.items ?? []) {
        if (scalarAt(mount, 'type')?.value === 'volume') note('volumes', scalarAt(mount, 'source')?.value);
      }
      for (const mount of listAt(node, 'secrets')?.items ?? []) note('secrets', scalarAt(mount, 'source')?.value);
      for (const mount of listAt(node, 'build', 'secrets')?.items ?? [])
        note('secrets', scalarAt(mount, 'source')?.value);
      for (const mount of listAt(node, 'configs')?.items ?? []) note('configs', scalarAt(mount, 'source')?.value);
    }
  }
  let result = model;
  for (const [section, names] of Object.entries(used)) {
    const found = mapAt(result, section);
    if (found === undefined) continue;
    const [kept] = split(found, (_node, name) => names.has(name));
    result = kept.entries.size === 0 ? withoutEntry(result, section) : withEntry(result, section, kept);
  }
  return result;
}

function split(map: MapNode, isKept: (node: ComposeNode, name: string) => boolean): readonly [MapNode, MapNode] {
  const kept = [...map.entries].filter(([name, { node }]) => isKept(node, name));
  const rest = [...map.entries].filter(([name, { node }]) => !isKept(node, name));
  return [makeMap(kept, map), makeMap(rest, map)];
}

function isEnabled(service: ComposeNode | undefined, active: ReadonlySet<string>): boolean {
  const profiles = profilesOf(service);
  return profiles.length === 0 || active.has('*') || profiles.some((profile) => active.has(profile));
}

export function profilesOf(service: ComposeNode | undefined): readonly string[] {
  return (listAt(service, 'profiles')?.items ?? []).flatMap((item) => {
    const value = scalarAt(item)?.value;
    return typeof value === 'string' ? [value] : [];
  });
}
