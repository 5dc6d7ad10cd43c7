import type { Reporter } from '../report.ts';
import { type ComposeNode, listAt, type MapNode, mapAt, nodeAt, type Place, scalarAt, textAt } from '../tree/node.ts';
import { isAddress } from '../values/parse-port.ts';

/** Pairs of keys that say the same thing: written both, they must agree. */
const pairs: readonly (readonly [string, readonly string[]])[] = [
  ['scale', ['deploy', 'replicas']],
  ['cpus', ['deploy', 'resources', 'limits', 'cpus']],
  ['mem_limit', ['deploy', 'resources', 'limits', 'memory']],
  ['mem_reservation', ['deploy', 'resources', 'reservations', 'memory']],
  ['pids_limit', ['deploy', 'resources', 'limits', 'pids']],
];

interface Checking {
  readonly model: MapNode;
  readonly disabled: MapNode;
  readonly report: Reporter;
}

/** What only the whole project can judge: references, contradictions, circles (Compose Specification, Services). */
export function checkConsistency(checking: Checking): void {
  const { model, report } = checking;
  for (const section of ['services', 'jobs']) {
    for (const [name, { keyAt, node }] of mapAt(model, section)?.entries ?? []) {
      if (node.kind !== 'map') continue;
      checkImage(node, keyAt, `${section}.${name}`, report);
      checkService(node, name, `${section}.${name}`, checking);
    }
  }
  for (const name of mapAt(model, 'jobs')?.entries.keys() ?? []) {
    const service = mapAt(model, 'services')?.entries.get(name);
    if (service !== undefined) report.error('compose.conflict', service.keyAt, `${name} is both a service and a job`);
  }
  checkContainerNames(checking);
  checkResources(checking);
  checkCircles(checking);
}

/** What a service extends may have its image: where that could not be read, nothing is said. */
function checkImage(service: MapNode, at: Place, path: string, report: Reporter): void {
  const isCut = report.has(
    'compose.yaml-syntax',
    'compose.not-found',
    'compose.extends',
    'compose.include',
    'compose.remote',
  );
  const hasOther = nodeAt(service, 'build') !== undefined || nodeAt(service, 'provider') !== undefined;
  if (isCut || hasOther || (textAt(service, 'image') ?? '') !== '') return;
  report.error('compose.no-image', at, `${path} has neither an image nor a build`, { path });
}

function checkService(service: MapNode, name: string, path: string, checking: Checking): void {
  const { report } = checking;
  const has = (...keys: readonly string[]) => nodeAt(service, ...keys) !== undefined;
  const inline = nodeAt(service, 'build', 'dockerfile_inline');
  if (inline !== undefined && has('build', 'dockerfile')) {
    report.error('compose.conflict', inline.at, `${path}.build has both dockerfile and dockerfile_inline`, { path });
  }
  const platform = scalarAt(service, 'platform');
  const platforms = listAt(service, 'build', 'platforms')?.items ?? [];
  const isPlatform = (item: ComposeNode) => scalarAt(item)?.value === platform?.value;
  if (platform !== undefined && platforms.length > 0 && !platforms.some(isPlatform)) {
    report.error('compose.conflict', platform.at, `${path}.build.platforms does not have the platform of the service`, {
      path,
    });
  }
  const mode = nodeAt(service, 'network_mode');
  if (mode !== undefined && (mapAt(service, 'networks')?.entries.size ?? 0) > 0) {
    report.error('compose.conflict', mode.at, `${path} has both network_mode and networks`, { path });
  }
  checkPairs(service, path, report);
  checkNames(service, path, checking);
  checkDependencies(service, path, checking);
  checkHealth(service, path, report);
  checkMounts(service, path, report);
  checkWatch(service, path, report);
  const count = scalarAt(service, 'scale')?.value ?? scalarAt(service, 'deploy', 'replicas')?.value;
  const containerName = nodeAt(service, 'container_name');
  if (containerName !== undefined && typeof count === 'number' && count > 1) {
    const message = `${path} has a container_name, so there can be one of it, not ${count}`;
    report.error('compose.conflict', containerName.at, message, { path: `services.${name}.container_name` });
  }
  for (const port of listAt(service, 'ports')?.items ?? []) checkPort(port, path, report);
}

function checkPairs(service: MapNode, path: string, report: Reporter): void {
  for (const [key, other] of pairs) {
    const [left, right] = [scalarAt(service, key), scalarAt(service, ...other)];
    // Limits that stand alone without this one count as zero to docker compose, which then refuses the pair too.
    if (left === undefined || right === undefined || left.value === right.value) continue;
    report.error('compose.conflict', left.at, `${path}.${key} and ${other.join('.')} have different values`, { path });
  }
}

function checkNames(service: MapNode, path: string, { model, report }: Checking): void {
  const expect = (section: string, name: string | undefined, at: ComposeNode) => {
    if (name === undefined || name === '' || nodeAt(model, section, name) !== undefined) return;
    const known = [...(mapAt(model, section)?.entries.keys() ?? [])];
    const message = `${path} uses ${section}.${name}, which the project does not define`;
    report.error('compose.undefined', at.at, message, { path, misspelt: { written: name, known } });
  };
  for (const [name, entry] of mapAt(service, 'networks')?.entries ?? [])
    expect('networks', name, { ...entry.node, at: entry.keyAt });
  for (const [name, entry] of mapAt(service, 'models')?.entries ?? [])
    expect('models', name, { ...entry.node, at: entry.keyAt });
  for (const mount of listAt(service, 'volumes')?.items ?? []) {
    if (textAt(mount, 'type') === 'volume')
      expect('volumes', textAt(mount, 'source'), nodeAt(mount, 'source') ?? mount);
    if (textAt(mount, 'type') === 'bind' && nodeAt(mount, 'source') === undefined) {
      report.error('compose.missing-key', mount.at, `${path}: a bind mount needs a source`, { path });
    }
  }
  for (const mount of listAt(service, 'secrets')?.items ?? []) expect('secrets', textAt(mount, 'source'), mount);
  for (const mount of listAt(service, 'build', 'secrets')?.items ?? [])
    expect('secrets', textAt(mount, 'source'), mount);
  for (const mount of listAt(service, 'configs')?.items ?? []) expect('configs', textAt(mount, 'source'), mount);
}

function checkDependencies(service: MapNode, path: string, { model, disabled, report }: Checking): void {
  const isJob = path.startsWith('jobs.');
  for (const [name, { keyAt, node }] of mapAt(service, 'depends_on')?.entries ?? []) {
    if (nodeAt(model, 'services', name) !== undefined || (isJob && nodeAt(model, 'jobs', name) !== undefined)) continue;
    const isOptional = scalarAt(node, 'required')?.value === false;
    const isDisabled = disabled.entries.has(name);
    if (isDisabled && isOptional) continue;
    if (isDisabled) {
      const message = `${path} depends on ${name}, which no active profile enables`;
      report.error('compose.disabled-dependency', keyAt, message, { path });
      continue;
    }
    const known = [...(mapAt(model, 'services')?.entries.keys() ?? []), ...disabled.entries.keys()];
    const message = `${path} depends on ${name}, which the project does not define`;
    report.error('compose.undefined', keyAt, message, { path, misspelt: { written: name, known } });
  }
}

function checkHealth(service: MapNode, path: string, report: Reporter): void {
  const test = listAt(service, 'healthcheck', 'test');
  const first = test?.items[0];
  if (test === undefined || first === undefined) return;
  const kind = scalarAt(first)?.value;
  if (kind === 'CMD' || kind === 'CMD-SHELL' || kind === 'NONE') return;
  report.error('compose.value', first.at, `${path}.healthcheck.test must begin with CMD, CMD-SHELL or NONE`, { path });
}

function checkMounts(service: MapNode, path: string, report: Reporter): void {
  const seen = new Map<string, ComposeNode>();
  const add = (target: string | undefined, node: ComposeNode) => {
    if (target === undefined) return;
    const before = seen.get(target);
    if (before !== undefined) {
      const message = `${path} has ${target} mounted already, by line ${before.at.line}`;
      report.error('compose.duplicate-mount', node.at, message, { path });
    }
    seen.set(target, node);
  };
  for (const item of listAt(service, 'tmpfs')?.items ?? []) add(String(scalarAt(item)?.value).split(':', 1)[0], item);
  for (const mount of listAt(service, 'volumes')?.items ?? []) {
    if (nodeAt(mount, 'target') === undefined) {
      report.error('compose.missing-key', mount.at, `${path}: a mount needs a target`, { path });
    }
    add(textAt(mount, 'target'), mount);
  }
}

function checkWatch(service: MapNode, path: string, report: Reporter): void {
  for (const trigger of listAt(service, 'develop', 'watch')?.items ?? []) {
    const action = textAt(trigger, 'action');
    if (action === 'rebuild' || action === 'restart' || nodeAt(trigger, 'target') !== undefined) continue;
    report.error('compose.missing-key', trigger.at, `${path}.develop.watch: ${action} needs a target`, { path });
  }
}

function checkPort(port: ComposeNode, path: string, report: Reporter): void {
  const address = nodeAt(port, 'host_ip');
  const text = textAt(port, 'host_ip');
  if (address !== undefined && text !== undefined && !isAddress(text)) {
    report.error('compose.value', address.at, `${path}.ports: ${text} is no IP address`, { path });
  }
  if (nodeAt(port, 'target') === undefined)
    report.error('compose.missing-key', port.at, `${path}.ports: a port needs a target`, { path });
}

function checkContainerNames({ model, report }: Checking): void {
  const seen = new Map<string, string>();
  for (const [name, { node }] of mapAt(model, 'services')?.entries ?? []) {
    const containerName = scalarAt(node, 'container_name');
    if (containerName === undefined) continue;
    const before = seen.get(String(containerName.value));
    if (before !== undefined) {
      report.error(
        'compose.conflict',
        containerName.at,
        `the services ${before} and ${name} have the same container_name`,
      );
    }
    seen.set(String(containerName.value), name);
  }
}

const contents = { secrets: ['file', 'environment'], configs: ['file', 'environment', 'content'] } as const;

function checkResources({ model, report }: Checking): void {
  for (const [section, keys] of Object.entries(contents)) {
    for (const [name, { keyAt, node }] of mapAt(model, section)?.entries ?? []) {
      const written = keys.filter((key) => nodeAt(node, key) !== undefined);
      const path = `${section}.${name}`;
      if (written.length > 1)
        report.error('compose.conflict', keyAt, `${path} has ${written.join(' and ')}; one of them is enough`, {
          path,
        });
      const isElsewhere = nodeAt(node, 'external') !== undefined || nodeAt(node, 'driver') !== undefined;
      if (written.length === 0 && !isElsewhere)
        report.error('compose.missing-key', keyAt, `${path} needs one of ${keys.join(', ')}`, { path });
    }
  }
  for (const [name, { keyAt, node }] of mapAt(model, 'volumes')?.entries ?? []) {
    if (scalarAt(node, 'external')?.value !== true || node.kind !== 'map') continue;
    const other = [...node.entries.keys()].find((key) => !['name', 'external'].includes(key) && !key.startsWith('x-'));
    if (other !== undefined)
      report.error('compose.conflict', keyAt, `volumes.${name} is external, so it cannot have ${other}`);
  }
}

/** Walks the dependencies with a stack of its own, so that no project is too deep for it. */
function checkCircles({ model, report }: Checking): void {
  const services = mapAt(model, 'services');
  if (services === undefined) return;
  const needs = (name: string) => [...(mapAt(services, name, 'depends_on')?.entries.keys() ?? [])];
  const done = new Set<string>();
  for (const start of services.entries.keys()) {
    const path: { readonly name: string; readonly left: string[] }[] = [];
    const enter = (name: string) => path.push({ name, left: needs(name) });
    if (!done.has(start)) enter(start);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = step.left.shift();
      if (next === undefined) {
        done.add(step.name);
        path.pop();
        continue;
      }
      const index = path.findIndex(({ name }) => name === next);
      if (index !== -1) {
        const circle = [...path.slice(index).map(({ name }) => name), next].join(' -> ');
        const at = mapAt(services, step.name, 'depends_on')?.entries.get(next)?.keyAt;
        report.error('compose.dependency-cycle', at, `services wait for each other in a circle: ${circle}`);
      } else if (!done.has(next) && services.entries.has(next)) enter(next);
    }
  }
}
