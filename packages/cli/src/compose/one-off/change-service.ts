import { homedir } from 'node:os';
import { isAbsolute, normalize, resolve } from 'node:path';
import type { Container, Environment, Service, ServicePort } from '@devstead/environment';
import { parsePort, parseVolume } from '@devstead/environment/compose';
import { AppError } from '@devstead/kit';

/** What `run` gives a service for one command, in docker compose's words. */
export interface ServiceChange {
  /** `[[IP:]HOST:]CONTAINER[/PROTOCOL]`, in place of the service's own. */
  readonly publish: readonly string[];
  /** `[SOURCE:]TARGET[:OPTIONS]`, beside the service's own; one at the same path takes its place. */
  readonly volume: readonly string[];
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  /** `NAME=VALUE`. */
  readonly label: readonly string[];
}

/**
 * The environment with a service as one command is to have it. What is typed was agreed to by typing it: folders outside
 * the project may be mounted. Throws USAGE for words that cannot be read.
 */
export function changeService(environment: Environment, name: string, change: ServiceChange, cwd: string): Environment {
  const mounts = change.volume.map((text) => readMount(text, cwd));
  const named = mounts.flatMap(({ volume }) => (volume === undefined ? [] : [volume]));
  const missing = named.filter((volume) => !environment.volumes.some((one) => one.name === volume));
  return {
    ...environment,
    volumes: [...environment.volumes, ...[...new Set(missing)].map((volume) => ({ name: volume, ephemeral: false }))],
    containers: environment.containers.map((one) =>
      one.name === name && one.service !== undefined ? changeContainer(one, one.service, change, mounts) : one,
    ),
  };
}

interface NewMount {
  /** Its name; absent: a folder of the machine. */
  readonly volume?: string;
  readonly source: string;
  readonly path: string;
  readonly readOnly: boolean;
}

function changeContainer(
  container: Container,
  service: Service,
  { publish, capAdd, capDrop, label }: ServiceChange,
  mounts: readonly NewMount[],
): Container {
  const isCovered = ({ path }: { readonly path: string }): boolean => mounts.some((mount) => mount.path === path);
  const volumes = mounts.flatMap(({ volume, path, readOnly }) =>
    volume === undefined ? [] : [{ volume, path, ...(readOnly ? { readOnly: true as const } : {}) }],
  );
  const binds = mounts.flatMap(({ volume, ...bind }) =>
    volume === undefined ? [{ ...bind, createSource: true }] : [],
  );
  const labels = label.map((word) => splitLabel(word));
  return {
    ...container,
    mounts: [...container.mounts.filter((mount) => !isCovered(mount)), ...volumes],
    service: {
      ...service,
      binds: [...service.binds.filter((bind) => !isCovered(bind)), ...binds],
      tmpfs: service.tmpfs.filter((mount) => !isCovered(mount)),
      capAdd: [...service.capAdd, ...capAdd],
      capDrop: [...service.capDrop, ...capDrop],
      labels: [...service.labels, ...labels],
      ...(publish.length === 0 ? {} : { ports: publish.flatMap(readPorts) }),
    },
  };
}

function readMount(text: string, cwd: string): NewMount {
  const reading = parseVolume(text);
  if ('problem' in reading) throw new AppError('USAGE', `--volume ${text}: ${reading.problem}`);
  const { type, source, target, isReadOnly } = reading.volume;
  if (!isAbsolute(target)) throw new AppError('USAGE', `--volume ${text}: ${target} is no absolute path to mount at`);
  const path = normalize(target).replace(/(.)\/$/, '$1');
  if (type === 'bind') {
    const folder = resolve(cwd, (source ?? '').replace(/^~(?=\/|$)/, homedir()));
    return { source: folder, path, readOnly: isReadOnly };
  }
  const volume = source ?? `run-${path.slice(1).replace(/[^a-zA-Z0-9_-]+/g, '-') || 'root'}`;
  return { volume, source: volume, path, readOnly: isReadOnly };
}

function readPorts(text: string): ServicePort[] {
  const reading = parsePort(text);
  if ('problem' in reading) throw new AppError('USAGE', `--publish ${text}: ${reading.problem}`);
  return reading.ports.map((port) => ({ ...port, protocol: port.protocol as ServicePort['protocol'] }));
}

function splitLabel(word: string): { readonly name: string; readonly value: string } {
  const at = word.indexOf('=');
  return at < 0 ? { name: word, value: '' } : { name: word.slice(0, at), value: word.slice(at + 1) };
}
