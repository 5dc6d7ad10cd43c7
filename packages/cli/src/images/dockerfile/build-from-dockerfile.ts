import { basename, resolve } from 'node:path';
import { buildDockerfile, readContextAddress } from '@devstead/runtime/builds';
import { formatBytes } from '../../format-amount.ts';
import { type Io, writeResult } from '../../io.ts';
import type { Settings } from '../../settings.ts';
import { isContextAddress } from '../context-address.ts';
import { showBuild } from './build-events.ts';
import { readEpoch } from './read-epoch.ts';
import { readKeys } from './read-keys.ts';
import { readPairs } from './read-pairs.ts';
import { readSecrets } from './read-secrets.ts';

/** What `devstead image build` takes for a Dockerfile. */
export interface DockerfileOptions {
  readonly file?: string;
  readonly tag?: readonly string[];
  readonly target?: string;
  readonly buildArg?: readonly string[];
  readonly buildContext?: readonly string[];
  readonly label?: readonly string[];
  readonly secret?: readonly string[];
  readonly ssh?: readonly string[];
  readonly addHost?: readonly string[];
  readonly network?: 'default' | 'none' | 'host';
  readonly timestamp?: string;
  /** False with `--no-cache`. */
  readonly cache?: boolean;
  readonly pull?: boolean;
  readonly allowSecrets?: boolean;
  readonly output: 'text' | 'json';
}

/** Builds an image from a Dockerfile and prints what came of it. */
export async function buildFromDockerfile(
  io: Io,
  settings: Settings,
  path: string,
  options: DockerfileOptions,
): Promise<void> {
  const isRemote = isContextAddress(path);
  const context = isRemote ? path : resolve(io.cwd, path);
  const [reference = defaultName(context), ...tags] = options.tag ?? [];
  const order = {
    context,
    reference,
    tags,
    // Of a repository it is one of its own files.
    dockerfile: options.file === undefined || isRemote ? options.file : resolve(io.cwd, options.file),
    target: options.target,
    args: readPairs(options.buildArg ?? [], '--build-arg', io),
    labels: readPairs(options.label ?? [], '--label', io),
    contexts: new Map(
      [...readPairs(options.buildContext ?? [], '--build-context', io)].map(([name, folder]) => [
        name,
        isContextAddress(folder) ? folder : resolve(io.cwd, folder),
      ]),
    ),
    secrets: readSecrets(options.secret ?? [], io),
    keys: readKeys(options.ssh ?? [], io),
    addHosts: options.addHost ?? [],
    network: options.network ?? 'default',
    epoch: readEpoch(options.timestamp ?? io.env['SOURCE_DATE_EPOCH']),
    isFresh: options.cache === false,
    pulls: options.pull === true,
    allowsSecrets: options.allowSecrets === true,
  } as const;
  const started = io.clock.now();
  const { record, bases, isNew } = await buildDockerfile(order, settings, showBuild(io, options.output), io.signal);
  const image = {
    name: record.name,
    reference: record.origin?.reference ?? reference,
    digest: record.digest,
    sizeBytes: record.sizeBytes,
    layers: record.layers.length,
    bases,
    isNew,
  };
  const result = { schemaVersion: 'image-build/v1', images: [image] } as const;
  writeResult(io, options.output, result, () => {
    const seconds = ((io.clock.now() - started) / 1000).toFixed(1);
    const how = isNew ? `built in ${seconds} s` : 'up to date';
    return `${image.reference}  ${how}  ${formatBytes(image.sizeBytes)} in ${image.layers} layers  (${image.name})\n`;
  });
}

/** An image is called as its context's folder or repository where nothing else is said. */
function defaultName(context: string): string {
  const address = isContextAddress(context) ? readContextAddress(context) : undefined;
  const path = address?.type === 'git' ? address.address.replace(/\.git$/, '') : context;
  const words = basename(path)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return `${words === '' ? 'image' : words}:latest`;
}
