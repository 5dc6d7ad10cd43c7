import type { ComposeNode } from '../from-compose/tree/node.ts';
import { joinPath } from '../from-compose/values/paths.ts';
import type { DevcontainerReading } from './reading.ts';
import type { OverrideWriter } from './write-override.ts';

interface Place {
  /** The service that the editor works in. */
  readonly service: string;
  /** Absolute folder of the file itself: builds are named relative to it. */
  readonly fileFolder: string;
  /** Absolute folder of the sources. */
  readonly folder: string;
  readonly isComposed: boolean;
  /** Where the container has the sources. */
  readonly workspaceFolder: string;
}

/** Writes what a devcontainer.json says of its container as parts of a service. */
export function writeService(reading: DevcontainerReading, writer: OverrideWriter, place: Place): void {
  const { service, isComposed } = place;
  const set = (key: string, value: unknown, node: ComposeNode | undefined): void => {
    if (value !== undefined && node !== undefined) writer.set(service, key, value, node);
  };
  if (!isComposed) writeImage(reading, set, place);
  const overrides = reading.flag('overrideCommand') ?? !isComposed;
  if (overrides) set('entrypoint', ['tail', '-f', '/dev/null'], reading.node('overrideCommand') ?? reading.root);
  writeEnvironment(reading, set);
  writeUser(reading, set);
  writeMounts(reading, writer, set, place);
  writePorts(reading, writer, set, place);
  for (const [key, name] of [
    ['init', 'init'],
    ['privileged', 'privileged'],
  ] as const) {
    if (reading.flag(key) === true) set(name, true, reading.node(key));
  }
  const listOf = (key: string): string[] => reading.texts(key).map(({ text }) => text);
  const options = readRunArgs(reading);
  const capabilities = [...listOf('capAdd'), ...options.capAdd];
  const security = [...listOf('securityOpt'), ...options.securityOpt];
  const args = reading.node('runArgs');
  if (capabilities.length > 0) set('cap_add', [...new Set(capabilities)], reading.node('capAdd') ?? args);
  if (security.length > 0) set('security_opt', [...new Set(security)], reading.node('securityOpt') ?? args);
  for (const [key, value] of Object.entries(options.plain)) set(key, value, args);
  writeRequirements(reading, set);
}

type Set = (key: string, value: unknown, node: ComposeNode | undefined) => void;

function writeImage(reading: DevcontainerReading, set: Set, { fileFolder }: Place): void {
  set('image', reading.text('image'), reading.node('image'));
  const node = reading.node('build') ?? reading.node('dockerFile');
  const dockerfile = reading.text('build', 'dockerfile') ?? reading.text('dockerFile');
  if (node === undefined || dockerfile === undefined) return;
  const context = joinPath(fileFolder, reading.text('build', 'context') ?? reading.text('context') ?? '.');
  const args = Object.fromEntries(
    reading.entries('build', 'args').flatMap(({ name, node: value }) => {
      const text = reading.textOf(value, `build.args.${name}`);
      return text === undefined ? [] : [[name, text]];
    }),
  );
  const target = reading.text('build', 'target');
  set(
    'build',
    { context, dockerfile: joinPath(fileFolder, dockerfile), args, ...(target === undefined ? {} : { target }) },
    node,
  );
  for (const key of ['cacheFrom', 'options']) {
    const other = reading.node('build', key);
    if (other !== undefined)
      reading.report('devcontainer.not-taken', 'warning', other.at, `build.${key}`, `The build is without ${key}.`);
  }
}

function writeEnvironment(reading: DevcontainerReading, set: Set): void {
  const values = new Map<string, string>();
  for (const key of ['containerEnv', 'remoteEnv']) {
    for (const { name, node } of reading.entries(key)) {
      // Null takes a variable away that an image sets.
      if (node.kind === 'scalar' && node.value === null) {
        reading.report('devcontainer.not-taken', 'warning', node.at, `${key}.${name}`, `${name} is not taken away.`);
        continue;
      }
      const value = reading.textOf(node, `${key}.${name}`);
      if (value !== undefined) values.set(name, value);
    }
  }
  const node = reading.node('containerEnv') ?? reading.node('remoteEnv');
  if (values.size > 0) set('environment', Object.fromEntries(values), node);
}

/** Commands run as the user of the container. */
function writeUser(reading: DevcontainerReading, set: Set): void {
  const [containerUser, remoteUser] = [reading.text('containerUser'), reading.text('remoteUser')];
  const node = reading.node('remoteUser') ?? reading.node('containerUser');
  set('user', remoteUser ?? containerUser, node);
  if (remoteUser !== undefined && remoteUser !== containerUser && node !== undefined) {
    reading.report(
      'devcontainer.changed',
      'info',
      node.at,
      'remoteUser',
      `Everything in the container runs as ${remoteUser}.`,
    );
  }
}

function writeMounts(reading: DevcontainerReading, writer: OverrideWriter, set: Set, place: Place): void {
  const volumes: object[] = [];
  const own = reading.text('workspaceMount');
  if (own === undefined && !place.isComposed) {
    volumes.push({ type: 'bind', source: place.folder, target: place.workspaceFolder });
  }
  const mounts = [
    ...(own === undefined || own === '' ? [] : [{ text: own, node: reading.node('workspaceMount') ?? reading.root }]),
    ...readMountTexts(reading),
  ];
  for (const { text, node } of mounts) {
    const mount = parseMount(text);
    if (mount === undefined)
      reading.report('devcontainer.not-taken', 'warning', node.at, 'mounts', `${text} is not mounted.`);
    else {
      volumes.push(mount);
      if (mount.type === 'volume' && mount.source !== undefined) writer.addVolume(mount.source);
    }
  }
  if (volumes.length > 0)
    set('volumes', volumes, reading.node('workspaceMount') ?? reading.node('mounts') ?? reading.root);
}

function readMountTexts(reading: DevcontainerReading): { text: string; node: ComposeNode }[] {
  const list = reading.node('mounts');
  return (list?.kind === 'list' ? list.items : []).flatMap((node): { text: string; node: ComposeNode }[] => {
    if (node.kind !== 'map') {
      const text = reading.textOf(node, 'mounts');
      return text === undefined ? [] : [{ text, node }];
    }
    const words = [...node.entries].map(
      ([key, entry]) => `${key}=${reading.textOf(entry.node, `mounts.${key}`) ?? ''}`,
    );
    return [{ text: words.join(','), node }];
  });
}

interface Mount {
  readonly type: string;
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
}

/** `source=a,target=/b,type=volume,readonly`. */
function parseMount(text: string): Mount | undefined {
  const values = new Map(
    text.split(',').map((part) => [part.split('=', 1)[0]?.trim() ?? '', part.slice(part.indexOf('=') + 1).trim()]),
  );
  const type = values.get('type') ?? 'volume';
  const target = values.get('target') ?? values.get('dst') ?? values.get('destination');
  const source = values.get('source') ?? values.get('src');
  if (target === undefined || !['bind', 'volume', 'tmpfs'].includes(type)) return undefined;
  const isReadOnly = values.has('readonly') || values.has('ro');
  const name = type === 'volume' ? source?.replace(/[^\w.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') : source;
  return {
    type,
    ...(name === undefined || name === '' ? {} : { source: name }),
    target,
    ...(isReadOnly ? { read_only: true } : {}),
  };
}

/** `forwardPorts` as ports of this machine, with their labels as names; `NAME:PORT` is another service's. */
function writePorts(
  reading: DevcontainerReading,
  writer: OverrideWriter,
  set: Set,
  { service: own, isComposed }: Place,
): void {
  const others = new Map<string, { readonly ports: unknown[]; readonly node: ComposeNode }>();
  const ports: unknown[] = reading.texts('appPort').map(({ text }) => text);
  const named = new Set<string>();
  for (const { text, node } of reading.texts('forwardPorts')) {
    const [, service, digits = ''] = /^(?:([\w.-]+):)?(\d{1,5})$/.exec(text) ?? [];
    if (digits === '' || (service !== undefined && service !== 'localhost' && !isComposed)) {
      reading.report('devcontainer.not-taken', 'warning', node.at, 'forwardPorts', `${text} is not forwarded.`);
      continue;
    }
    named.add(text);
    const label = reading.text('portsAttributes', text, 'label');
    const port = {
      target: Number(digits),
      published: digits,
      host_ip: '127.0.0.1',
      ...(label === undefined ? {} : { name: label }),
    };
    if (service === undefined || service === 'localhost' || service === own) ports.push(port);
    else {
      const other = others.get(service) ?? { ports: [], node };
      other.ports.push(port);
      others.set(service, other);
    }
  }
  for (const [service, other] of others) writer.set(service, 'ports', other.ports, other.node);
  if (ports.length > 0) set('ports', ports, reading.node('forwardPorts') ?? reading.node('appPort'));
  for (const { name, node } of reading.entries('portsAttributes')) {
    if (!named.has(name))
      reading.report(
        'devcontainer.not-taken',
        'info',
        node.at,
        'portsAttributes',
        `Port ${name} is not forwarded, so nothing is said of it.`,
      );
  }
}

interface RunOptions {
  readonly capAdd: readonly string[];
  readonly securityOpt: readonly string[];
  readonly plain: Readonly<Record<string, unknown>>;
}

/** Options of an engine that a service has a field for; the others are reported. */
function readRunArgs(reading: DevcontainerReading): RunOptions {
  const capAdd: string[] = [];
  const securityOpt: string[] = [];
  const plain: Record<string, unknown> = {};
  const words = reading.texts('runArgs');
  for (let index = 0; index < words.length; index += 1) {
    const { text = '', node } = words[index] ?? {};
    const [, option = '', attached] = /^(--?[\w-]+)(?:=(.*))?$/s.exec(text) ?? [];
    if (option === '--init' || option === '--privileged') {
      plain[option.slice(2)] = true;
      continue;
    }
    const value = attached ?? words[index + 1]?.text;
    const isKnown =
      value !== undefined &&
      ['--cap-add', '--security-opt', '--memory', '-m', '--cpus', '--shm-size', '--hostname', '-h'].includes(option);
    if (!isKnown) {
      if (node !== undefined)
        reading.report('devcontainer.not-taken', 'warning', node.at, 'runArgs', `The container runs without ${text}.`);
      continue;
    }
    if (attached === undefined) index += 1;
    if (option === '--cap-add') capAdd.push(value);
    else if (option === '--security-opt') securityOpt.push(value);
    else if (option === '--memory' || option === '-m') plain['mem_limit'] = value;
    else if (option === '--cpus') plain['cpus'] = Number(value);
    else if (option === '--shm-size') plain['shm_size'] = value;
    else plain['hostname'] = value;
  }
  return { capAdd, securityOpt, plain };
}

function writeRequirements(reading: DevcontainerReading, set: Set): void {
  const cpus = reading.text('hostRequirements', 'cpus');
  const memory = reading.text('hostRequirements', 'memory');
  const reservations = { ...(cpus === undefined ? {} : { cpus }), ...(memory === undefined ? {} : { memory }) };
  if (Object.keys(reservations).length > 0)
    set('deploy', { resources: { reservations } }, reading.node('hostRequirements'));
  for (const key of ['storage', 'gpu']) {
    const node = reading.node('hostRequirements', key);
    if (node !== undefined)
      reading.report('devcontainer.not-taken', 'info', node.at, `hostRequirements.${key}`, `Nobody looks for ${key}.`);
  }
}
