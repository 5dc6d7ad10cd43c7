import type { LookUp } from '../interpolation/substitute.ts';
import { mergeNodes } from '../merge/merge-nodes.ts';
import { Reporter } from '../report.ts';
import { containerKeys } from '../schema/compose-shapes-table.ts';
import {
  type ComposeNode,
  type Entry,
  isNull,
  listAt,
  type MapNode,
  makeDefault,
  makeMap,
  makeScalar,
  mapAt,
  mapOf,
  nodeAt,
  scalarAt,
  textAt,
  withEntry,
  withoutEntry,
} from '../tree/node.ts';
import { cleanPath } from '../values/paths.ts';

const sharing = ['network_mode', 'ipc', 'pid', 'uts', 'cgroup'];

/**
 * Fills in what the specification gives where nothing is written: the default network, the names of networks and
 * volumes, a build's context and Dockerfile, and the dependencies that links and shared namespaces mean.
 */
export function normalizeProject(model: MapNode, projectName: string, lookUp: LookUp): MapNode {
  let result = model;
  let usesDefault = false;
  for (const section of ['services', 'jobs']) {
    const services = mapAt(result, section);
    if (services === undefined) continue;
    const entries = [...services.entries].map(([name, entry]): [string, Entry] => {
      if (entry.node.kind !== 'map') return [name, entry];
      const service = normalizeService(entry.node, lookUp);
      usesDefault ||= nodeAt(service, 'networks', 'default') !== undefined;
      return [name, { ...entry, node: service }];
    });
    result = withEntry(result, section, makeMap(entries, services));
  }
  if (usesDefault && nodeAt(result, 'networks', 'default') === undefined) {
    const networks = mapAt(result, 'networks') ?? mapOf(result, {});
    const standard = makeDefault(null, 'services without networks share the default one', result);
    result = withEntry(result, 'networks', withEntry(networks, 'default', standard));
  }
  for (const section of ['networks', 'volumes', 'configs', 'secrets'])
    result = nameResources(result, section, projectName);
  return result;
}

function normalizeService(service: MapNode, lookUp: LookUp): MapNode {
  let result = attachDefaultNetwork(service);
  if (textAt(result, 'pull_policy') === 'if_not_present') {
    const policy = nodeAt(result, 'pull_policy');
    if (policy !== undefined) result = withEntry(result, 'pull_policy', makeScalar('missing', policy));
  }
  const build = mapAt(result, 'build');
  if (build !== undefined) result = withEntry(result, 'build', normalizeBuild(build, lookUp));
  const environment = mapAt(result, 'environment');
  if (environment !== undefined) result = withEntry(result, 'environment', takeUnset(environment, lookUp, true));
  const volumes = listAt(result, 'volumes');
  if (volumes !== undefined) {
    const items = volumes.items.map((mount) => cleanTarget(mount));
    result = withEntry(result, 'volumes', { ...volumes, items });
  }
  return fillSteps(addMeantDependencies(result));
}

/** A `pre_start` step has what its service has, but for the volumes, where it says nothing else. */
function fillSteps(service: MapNode): MapNode {
  const steps = listAt(service, 'pre_start');
  if (steps === undefined) return service;
  const own = [...service.entries].filter(([key]) => key !== 'volumes' && containerKeys.has(key));
  const base = makeMap(own, service);
  const report = new Reporter();
  const items = steps.items.map((step) => mergeNodes(base, step, ['services', '*'], { report }) ?? step);
  return withEntry(service, 'pre_start', { ...steps, items });
}

function attachDefaultNetwork(service: MapNode): MapNode {
  if (nodeAt(service, 'provider') !== undefined || nodeAt(service, 'network_mode') !== undefined) return service;
  const networks = mapAt(service, 'networks');
  if (networks !== undefined && networks.entries.size > 0) return service;
  const standard = makeDefault(null, 'a service without networks is in the default one', service);
  return withEntry(service, 'networks', mapOf(standard, { default: standard }));
}

function normalizeBuild(build: MapNode, lookUp: LookUp): MapNode {
  let result = build;
  const fill = (key: string, value: string, rule: string) => {
    result = withEntry(result, key, makeDefault(value, rule, build));
  };
  if (nodeAt(result, 'context') === undefined)
    fill('context', '.', 'a build without a context has the project as its own');
  if (nodeAt(result, 'dockerfile') === undefined && nodeAt(result, 'dockerfile_inline') === undefined) {
    fill('dockerfile', 'Dockerfile', 'a build has the Dockerfile of its context');
  }
  const args = mapAt(result, 'args');
  return args === undefined ? result : withEntry(result, 'args', takeUnset(args, lookUp, false));
}

/** Names without a value have that of the environment; without one there they stay, or go. */
function takeUnset(map: MapNode, lookUp: LookUp, keepsEmpty: boolean): MapNode {
  let result = map;
  for (const [name, { node }] of map.entries) {
    if (!isNull(node)) continue;
    const variable = lookUp(name);
    if (variable !== undefined) {
      const { value, file, line } = variable;
      const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
      const detail = file === undefined ? `${name}, from the environment` : name;
      result = withEntry(result, name, {
        ...makeScalar(value, node),
        origins: [...node.origins, { kind: 'variable', ...place, detail }],
      });
    } else if (!keepsEmpty) {
      result = withoutEntry(result, name);
    }
  }
  return result;
}

function cleanTarget(mount: ComposeNode): ComposeNode {
  const target = scalarAt(mount, 'target');
  if (mount.kind !== 'map' || target === undefined || typeof target.value !== 'string') return mount;
  return withEntry(mount, 'target', { ...target, value: cleanPath(target.value) });
}

/** `links`, `volumes_from` and namespaces shared with a service wait for it. */
function addMeantDependencies(service: MapNode): MapNode {
  let dependencies = mapAt(service, 'depends_on') ?? mapOf(service, {});
  const add = (name: string, from: ComposeNode, restarts: boolean) => {
    if (name === '' || dependencies.entries.has(name)) return;
    const dependency = mapOf(from, {
      condition: makeDefault('service_started', 'a service that is linked or shared with must have started', from),
      restart: restarts ? makeDefault(true, 'it starts again with the service it shares with', from) : undefined,
      required: makeDefault(true, 'a dependency is required', from),
    });
    dependencies = withEntry(dependencies, name, dependency);
  };
  for (const link of listAt(service, 'links')?.items ?? []) add(textOf(link).split(':', 1)[0] ?? '', link, true);
  for (const key of sharing) {
    const node = nodeAt(service, key);
    const text = node === undefined ? '' : textOf(node);
    if (node !== undefined && text.startsWith('service:')) add(text.slice('service:'.length), node, true);
  }
  for (const from of listAt(service, 'volumes_from')?.items ?? []) {
    const text = textOf(from);
    if (!text.startsWith('container:')) add(text.split(':', 1)[0] ?? '', from, false);
  }
  for (const [name, { node }] of dependencies.entries) {
    if (node.kind !== 'map' || nodeAt(node, 'required') !== undefined) continue;
    const required = makeDefault(true, 'a dependency is required', node);
    dependencies = withEntry(dependencies, name, withEntry(node, 'required', required));
  }
  return dependencies.entries.size === 0 ? service : withEntry(service, 'depends_on', dependencies);
}

function nameResources(model: MapNode, section: string, projectName: string): MapNode {
  const resources = mapAt(model, section);
  if (resources === undefined) return model;
  const entries = [...resources.entries].map(([key, entry]): [string, Entry] => {
    const resource = entry.node.kind === 'map' ? entry.node : mapOf(entry.node, {});
    if (nodeAt(resource, 'name') !== undefined) return [key, { ...entry, node: resource }];
    const isExternal = scalarAt(resource, 'external')?.value === true;
    const name = isExternal ? key : `${projectName}_${key}`;
    const rule = isExternal ? 'what is external has its key as name' : 'names begin with that of the project';
    return [key, { ...entry, node: withEntry(resource, 'name', makeDefault(name, rule, entry.node)) }];
  });
  return withEntry(model, section, makeMap(entries, resources));
}

function textOf(node: ComposeNode): string {
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : '';
}
