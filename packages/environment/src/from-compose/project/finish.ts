import type { Reporter } from '../report.ts';
import {
  type ComposeNode,
  type Entry,
  isNull,
  type ListNode,
  type MapNode,
  makeDefault,
  makeList,
  makeMap,
  makeScalar,
  nodeAt,
  textAt,
  withEntry,
} from '../tree/node.ts';
import { parseBytes } from '../values/bytes.ts';
import { formatDuration, parseDuration } from '../values/duration.ts';
import { splitShellWords } from '../values/shell-words.ts';

type Change = (node: ComposeNode, path: string, report: Reporter) => ComposeNode | undefined;
type Fields = Readonly<Record<string, Change>>;

/** A size as its bytes, in digits. */
const toBytes: Change = (node) => {
  if (node.kind !== 'scalar' || node.value === null || typeof node.value === 'boolean') return node;
  const bytes = parseBytes(node.value);
  return bytes === undefined ? node : makeScalar(String(bytes), node);
};

const toDuration: Change = (node) => {
  if (node.kind !== 'scalar' || node.value === null) return node;
  const nanoseconds = parseDuration(String(node.value));
  return nanoseconds === undefined ? node : makeScalar(formatDuration(nanoseconds), node);
};

/** A command line as its words; a command that is nothing is left out. */
const toWords: Change = (node, path, report) => {
  if (isNull(node)) return undefined;
  if (node.kind !== 'scalar') return node;
  const words = splitShellWords(String(node.value));
  if (words === undefined) {
    report.error('compose.value', node.at, `${path}: the quotes of the command line are not closed`, { path });
    return undefined;
  }
  return makeList(
    words.map((word) => makeScalar(word, node)),
    node,
  );
};

const toTest: Change = (node) =>
  node.kind === 'scalar' && typeof node.value === 'string'
    ? makeList([makeScalar('CMD-SHELL', node), node], node)
    : node;

const toText: Change = (node) => (node.kind === 'scalar' ? makeScalar(formatScalar(node.value), node) : node);

/** Values of variables are texts; one without a value stays without. */
const toTexts: Change = (node) =>
  changeValues(node, (value) =>
    isNull(value) || value.kind !== 'scalar' ? value : makeScalar(formatScalar(value.value), value),
  );

/** The same where nothing stands for an empty text. */
const toFilledTexts: Change = (node) =>
  changeValues(node, (value) => (value.kind === 'scalar' ? makeScalar(formatScalar(value.value), value) : value));

const toTextList: Change = (node) =>
  node.kind === 'list'
    ? makeList(
        node.items.map((item) => (item.kind === 'scalar' ? makeScalar(formatScalar(item.value), item) : item)),
        node,
      )
    : node;

const toMode: Change = (node) => {
  if (node.kind !== 'scalar' || node.value === null) return node;
  const mode = typeof node.value === 'string' ? Number.parseInt(node.value, 8) : Number(node.value);
  return makeScalar(`0${mode.toString(8)}`, node);
};

const toNumberMode: Change = (node) =>
  node.kind === 'scalar' && typeof node.value === 'string' ? makeScalar(Number.parseInt(node.value, 8), node) : node;

const toDeviceCount: Change = (node) => {
  if (node.kind !== 'scalar') return node;
  return makeScalar(String(node.value).toLowerCase() === 'all' ? -1 : Number(node.value), node);
};

const toSortedList: Change = (node) => {
  if (node.kind !== 'list') return node;
  const value = (item: ComposeNode) => (item.kind === 'scalar' ? String(item.value) : '');
  const items = [...node.items].sort((left, right) => (value(left) < value(right) ? -1 : 1));
  return makeList(items, node);
};

const toSecret: Change = (node) => {
  if (node.kind !== 'map' || nodeAt(node, 'target') !== undefined) return node;
  const source = textAt(node, 'source') ?? '';
  return withEntry(node, 'target', makeDefault(`/run/secrets/${source}`, 'secrets lie in /run/secrets', node));
};

const toDeviceRequest: Change = (node) => {
  if (node.kind !== 'map' || nodeAt(node, 'count') !== undefined || nodeAt(node, 'device_ids') !== undefined)
    return node;
  return withEntry(node, 'count', makeDefault('all', 'without a count, all devices are meant', node));
};

/** Keys of an agent are printed as its name, with its path where there is one. */
const toSshKeys: Change = (node) => {
  if (node.kind !== 'map') return node;
  return makeList(
    [...node.entries].map(([name, { node: path }]) =>
      makeScalar(path.kind === 'scalar' && path.value ? `${name}: ${String(path.value)}` : name, path),
    ),
    node,
  );
};

const toPort: Change = (node) => {
  if (node.kind !== 'map') return node;
  let port =
    nodeAt(node, 'protocol') === undefined
      ? withEntry(node, 'protocol', makeDefault('tcp', 'ports are of TCP', node))
      : node;
  if (nodeAt(port, 'mode') === undefined)
    port = withEntry(port, 'mode', makeDefault('ingress', 'ports are published to every address', node));
  return port;
};

const hook = each(within({ command: toWords, environment: toTexts }));
const deviceRequests = each(inOrder(toDeviceRequest, within({ count: toDeviceCount, options: toFilledTexts })));
const resources = within({ memory: toBytes, cpus: toNumber, devices: deviceRequests });
const update = within({ delay: toDuration, monitor: toDuration });
const blockLimits = each(within({ rate: toBytes }));

const containerFields: Fields = {
  annotations: toFilledTexts,
  blkio_config: within({
    device_read_bps: blockLimits,
    device_read_iops: blockLimits,
    device_write_bps: blockLimits,
    device_write_iops: blockLimits,
  }),
  command: toWords,
  configs: each(within({ mode: toMode })),
  entrypoint: toWords,
  environment: toTexts,
  expose: toTextList,
  extra_hosts: toSortedList,
  gpus: deviceRequests,
  group_add: toTextList,
  labels: toFilledTexts,
  logging: within({ options: toFilledTexts }),
  mem_limit: toBytes,
  mem_reservation: toBytes,
  mem_swappiness: toBytes,
  memswap_limit: toBytes,
  networks: (node, path, report) => {
    const finish = within({ driver_opts: toFilledTexts });
    return changeValues(node, (network) => finish(network, path, report) ?? network);
  },
  secrets: each(inOrder(toSecret, within({ mode: toMode }))),
  shm_size: toBytes,
  stop_grace_period: toDuration,
  storage_opt: toFilledTexts,
  sysctls: toFilledTexts,
  volumes: each(
    within({ tmpfs: within({ size: toBytes, mode: toNumberMode }), volume: within({ labels: toFilledTexts }) }),
  ),
};

const serviceFields: Fields = {
  ...containerFields,
  build: within({
    args: toTexts,
    labels: toFilledTexts,
    additional_contexts: toFilledTexts,
    extra_hosts: toSortedList,
    shm_size: toBytes,
    secrets: each(within({ mode: toMode })),
    ssh: toSshKeys,
  }),
  deploy: within({
    labels: toFilledTexts,
    resources: within({ limits: resources, reservations: resources }),
    restart_policy: within({ delay: toDuration, window: toDuration }),
    update_config: update,
    rollback_config: update,
  }),
  develop: within({ watch: each(within({ exec: within({ command: toWords, environment: toTexts }) })) }),
  healthcheck: within({
    test: toTest,
    interval: toDuration,
    timeout: toDuration,
    start_period: toDuration,
    start_interval: toDuration,
  }),
  ports: each(inOrder(toPort, within({ published: toText }))),
  post_start: hook,
  pre_start: each(within(containerFields)),
  pre_stop: hook,
};

const resourceFields: Fields = { labels: toFilledTexts, driver_opts: toFilledTexts };

/** The last form of every value: sizes in bytes, durations, words of commands, texts of variables, defaults of mounts. */
export function finishProject(model: MapNode, report: Reporter): MapNode {
  let result = model;
  const sections: Readonly<Record<string, Fields>> = {
    services: serviceFields,
    jobs: serviceFields,
    networks: resourceFields,
    volumes: resourceFields,
    secrets: resourceFields,
    configs: resourceFields,
  };
  for (const [section, fields] of Object.entries(sections)) {
    const found = nodeAt(result, section);
    if (found?.kind !== 'map') continue;
    const entries = [...found.entries].map(([name, entry]): [string, Entry] => [
      name,
      { ...entry, node: takeScale(within(fields)(entry.node, `${section}.${name}`, report) ?? entry.node) },
    ]);
    result = withEntry(result, section, makeMap(entries, found));
  }
  return result;
}

/** `scale` is the number of replicas too. */
function takeScale(node: ComposeNode): ComposeNode {
  const scale = nodeAt(node, 'scale');
  const deploy = nodeAt(node, 'deploy');
  if (node.kind !== 'map' || deploy?.kind !== 'map' || scale === undefined || nodeAt(deploy, 'replicas') !== undefined)
    return node;
  return withEntry(node, 'deploy', withEntry(deploy, 'replicas', scale));
}

function toNumber(node: ComposeNode): ComposeNode {
  return node.kind === 'scalar' && typeof node.value === 'string' ? makeScalar(Number(node.value), node) : node;
}

/** A scalar as Go prints it. */
function formatScalar(value: string | number | boolean | null): string {
  if (typeof value !== 'number' || Number.isInteger(value)) return value === null ? '' : String(value);
  return String(value).replace(/e([-+])(\d)$/, 'e$10$2');
}

function within(fields: Fields): Change {
  return (node, path, report) => {
    if (node.kind !== 'map') return node;
    const entries = [...node.entries].flatMap(([key, entry]): [string, Entry][] => {
      const change = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (change === undefined) return [[key, entry]];
      const changed = change(entry.node, `${path}.${key}`, report);
      return changed === undefined ? [] : [[key, { ...entry, node: changed }]];
    });
    return makeMap(entries, node);
  };
}

function each(change: Change): Change {
  return (node, path, report): ListNode | ComposeNode =>
    node.kind === 'list' ? { ...node, items: node.items.flatMap((item) => change(item, path, report) ?? []) } : node;
}

function inOrder(...changes: readonly Change[]): Change {
  return (node, path, report) =>
    changes.reduce<ComposeNode | undefined>((result, change) => result && change(result, path, report), node);
}

function changeValues(node: ComposeNode, change: (value: ComposeNode) => ComposeNode): ComposeNode {
  if (node.kind !== 'map') return node;
  return makeMap(
    [...node.entries].map(([key, entry]): [string, Entry] => [key, { ...entry, node: change(entry.node) }]),
    node,
  );
}
