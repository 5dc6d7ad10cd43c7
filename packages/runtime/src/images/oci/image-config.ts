import { constants } from 'node:os';
import { AppError } from '@devstead/kit';
import type { ImageConfig, ImageHealth } from '../types.ts';
import { isObject, parseDocument } from './manifest.ts';
import type { Platform } from './platform.ts';

/** What an image's configuration says (OCI image specification, config.md). */
export interface OciConfig {
  /** How it is run; its user is `0:0` where `userText` is not numbers alone. */
  readonly config: ImageConfig;
  /** As written: `node`, `1000`, `app:staff`; empty for root. */
  readonly userText: string;
  readonly platform: Platform;
  /** Digests of the layers without compression, the lowest first. */
  readonly diffIds: readonly string[];
  /** ISO 8601, where it is told. */
  readonly createdAt?: string;
}

/** Reads an image's configuration. What is of the wrong type counts as not said. Throws IMAGE_REFUSED. */
export function readOciConfig(text: string): OciConfig {
  const document = parseDocument(text, 'configuration');
  const run = isObject(document['config']) ? document['config'] : {};
  const rootfs = isObject(document['rootfs']) ? document['rootfs'] : {};
  const diffIds = list(rootfs['diff_ids']);
  if (!diffIds.every((digest) => /^sha256:[0-9a-f]{64}$/.test(digest)))
    throw new AppError(
      'IMAGE_REFUSED',
      'the image cannot be used: its configuration names layers by no SHA-256 digest',
    );
  const word = (name: string): string => (typeof document[name] === 'string' ? document[name].slice(0, 40) : '');
  const userText = typeof run['User'] === 'string' ? run['User'].trim().slice(0, 200) : '';
  const ready = readHealthcheck(run['Healthcheck']);
  const created = word('created');
  return {
    config: {
      user: parseNumericUser(userText) ?? '0:0',
      env: readEnv(list(run['Env'])),
      entrypoint: list(run['Entrypoint']),
      command: list(run['Cmd']),
      workingDir: readFolder(run['WorkingDir']),
      ports: [],
      exposedPorts: readPorts(run['ExposedPorts']),
      volumes: keys(run['Volumes']).filter((path) => path.startsWith('/')),
      stopSignal: readSignal(run['StopSignal']),
      ...(ready === undefined ? {} : { ready, ...readTimes(run['Healthcheck']) }),
      ...readLabels(run['Labels']),
    },
    userText,
    platform: { os: word('os') || 'linux', architecture: word('architecture'), variant: word('variant') || undefined },
    diffIds,
    ...(Number.isNaN(Date.parse(created)) ? {} : { createdAt: new Date(created).toISOString() }),
  };
}

/** `uid:gid` of a user given as numbers with a group; undefined where the image's own files must be asked. */
export function parseNumericUser(text: string): string | undefined {
  if (text === '') return '0:0';
  return /^\d{1,5}:\d{1,5}$/.test(text) ? text.split(':').map(Number).join(':') : undefined;
}

function list(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((one): one is string => typeof one === 'string' && !one.includes('\0'))
    : [];
}

function keys(value: unknown): string[] {
  return isObject(value) ? Object.keys(value).filter((key) => !key.includes('\0')) : [];
}

function readEnv(lines: readonly string[]): Record<string, string> {
  const pairs = lines.flatMap((line) => {
    const equals = line.indexOf('=');
    return equals > 0 && line.slice(0, equals) !== '__proto__' ? [[line.slice(0, equals), line.slice(equals + 1)]] : [];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function readFolder(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) return '/';
  return value.startsWith('/') ? value : `/${value}`;
}

/** TCP ports of `8080/tcp`; ranges (`8000-8010`) are taken for their first port. */
function readPorts(value: unknown): number[] {
  const ports = keys(value).flatMap((key) => {
    const [, port, protocol = 'tcp'] = /^(\d{1,5})(?:-\d{1,5})?(?:\/(\w+))?$/.exec(key) ?? [];
    const number = Number(port);
    return protocol === 'tcp' && number > 0 && number < 65_536 ? [number] : [];
  });
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** The signal's name; SIGTERM for what this system does not know. */
function readSignal(value: unknown): string {
  if (typeof value !== 'string') return 'SIGTERM';
  const rows = Object.entries(constants.signals);
  const found = rows.find(([name, number]) => [name, name.slice(3), String(number)].includes(value.toUpperCase()));
  return found?.[0] ?? 'SIGTERM';
}

/** Times of the check, which stand there in nanoseconds; zero says nothing. */
function readTimes(value: unknown): { health?: ImageHealth } {
  if (!isObject(value)) return {};
  const time = (name: string): number | undefined => {
    const found = value[name];
    return typeof found === 'number' && found > 0 ? found / 1e6 : undefined;
  };
  const [intervalMs, timeoutMs] = [time('Interval'), time('Timeout')];
  const [startPeriodMs, startIntervalMs] = [time('StartPeriod'), time('StartInterval')];
  const retries = typeof value['Retries'] === 'number' && value['Retries'] > 0 ? value['Retries'] : undefined;
  const rows = Object.entries({ intervalMs, timeoutMs, startPeriodMs, startIntervalMs, retries });
  const health = Object.fromEntries(rows.filter(([, found]) => found !== undefined)) as ImageHealth;
  return Object.keys(health).length === 0 ? {} : { health };
}

const mostLabels = 1000;

function readLabels(value: unknown): { labels?: Readonly<Record<string, string>> } {
  if (!isObject(value)) return {};
  const rows = Object.entries(value).filter(
    (row): row is [string, string] => typeof row[1] === 'string' && row[0] !== '__proto__',
  );
  return rows.length === 0 ? {} : { labels: Object.fromEntries(rows.slice(0, mostLabels)) };
}

/** The check's program, where the image has one: docker's `HEALTHCHECK`. */
function readHealthcheck(value: unknown): string[] | undefined {
  const [kind, ...words] = isObject(value) ? list(value['Test']) : [];
  if (words.length === 0) return undefined;
  if (kind === 'CMD') return words;
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : undefined;
}
