import { writeFile } from 'node:fs/promises';
import { AppError, findNearestName } from '@devstead/kit';
import { registryLimits } from '../limits.ts';
import type { IndexEntry, IndexVersion, StackFile } from '../types.ts';
import { compareVersions } from '../versions.ts';
import type { WebAnswer, World } from '../world.ts';
import { pullArtifact } from './pull-artifact.ts';
import { readIndex } from './read-index.ts';
import type { StackLibrary, TakenDevfile } from './stack-library.ts';

type Fetched = Extract<WebAnswer, { readonly status: 'fetched' }>;

/** The stacks of a registry at an address. What it answers is held to limits and never believed to be well-formed. */
export function openRemoteLibrary(address: string, world: World): StackLibrary {
  const registry = address.replace(/\/+$/, '');
  const indexes = new Map<string, Promise<readonly IndexEntry[]>>();
  const list = (type: 'stack' | 'sample' | 'all'): Promise<readonly IndexEntry[]> => {
    const known = indexes.get(type) ?? fetchIndex(world, registry, type);
    indexes.set(type, known);
    return known;
  };
  return {
    name: registry,
    listStacks: (type = 'stack') => list(type),
    async readDevfile(stack, version) {
      const location = devfileAddress(registry, stack, version);
      const answer = await world.get(location, { maxBytes: registryLimits.textBytes, accept: 'text/plain, */*' });
      if (answer.status === 'absent') throw await notFound(list, registry, stack, version);
      return { text: readText(registry, expectFetched(registry, answer)), location } satisfies TakenDevfile;
    },
    async saveStarter(stack, starter, file, version) {
      const location = `${devfileAddress(registry, stack, version)}/starter-projects/${encodeURIComponent(starter)}`;
      const answer = await world.get(location, { maxBytes: registryLimits.starterBytes, accept: 'application/zip' });
      if (answer.status === 'absent')
        throw new AppError('STACK_NOT_FOUND', `${registry} has no starter project ${starter} of ${stack}`);
      await writeFile(file, expectFetched(registry, answer).bytes, { flag: 'wx', mode: 0o600 });
    },
    async readFiles(stack, version) {
      const entry = (await list('all')).find(({ name }) => name === stack);
      const chosen = entry === undefined ? undefined : chooseVersion(entry, version);
      const link = chosen?.links?.['self'];
      const pulled = link === undefined ? undefined : await pullArtifact(world, registry, link);
      if (pulled !== undefined) return pulled;
      const { text } = await this.readDevfile(stack, version);
      return [{ path: 'devfile.yaml', bytes: Buffer.from(text), isExecutable: false }] satisfies readonly StackFile[];
    },
  };
}

/** The version that a number, `default` or `latest` means. */
export function chooseVersion({ versions = [] }: IndexEntry, wanted = 'default'): IndexVersion | undefined {
  if (wanted === 'latest') return versions.toSorted((left, right) => compareVersions(right.version, left.version))[0];
  return versions.find((each) => each.version === wanted || (wanted === 'default' && each.default === true));
}

/** The new form of the index; where a registry is too old for that, the old one. */
async function fetchIndex(world: World, registry: string, type: string): Promise<readonly IndexEntry[]> {
  const ask = (form: string) =>
    world.get(`${registry}/${form}${type === 'stack' ? '' : `/${type}`}`, {
      maxBytes: registryLimits.indexBytes,
      accept: 'application/json',
    });
  const first = await ask('v2index');
  const answer = first.status === 'absent' ? await ask('index') : first;
  const entries = readIndex(readText(registry, expectFetched(registry, answer)));
  if (entries === undefined) throw fail(registry, 'what it answers is no index of stacks');
  return entries;
}

function devfileAddress(registry: string, stack: string, version: string | undefined): string {
  if (['', '.', '..'].includes(stack) || ['', '.', '..'].includes(version ?? 'default'))
    throw new AppError('STACK_NOT_FOUND', `${JSON.stringify(stack)} names no stack`);
  const steps = ['devfiles', stack, ...(version === undefined ? [] : [version])];
  return [registry, ...steps.map(encodeURIComponent)].join('/');
}

async function notFound(
  list: (type: 'all') => Promise<readonly IndexEntry[]>,
  registry: string,
  stack: string,
  version: string | undefined,
): Promise<AppError> {
  const entries = await list('all').catch(() => []);
  const entry = entries.find(({ name }) => name === stack);
  if (entry !== undefined && version !== undefined) {
    const versions = entry.versions?.map((each) => each.version).join(', ') ?? 'none';
    return new AppError('STACK_NOT_FOUND', `${registry} has no version ${version} of ${stack}; it has ${versions}`);
  }
  const near = findNearestName(
    stack,
    entries.map(({ name }) => name),
  );
  return new AppError(
    'STACK_NOT_FOUND',
    `${registry} has no stack ${stack}`,
    near === undefined ? {} : { hint: `Do you mean ${near}?` },
  );
}

function expectFetched(registry: string, answer: WebAnswer): Fetched {
  if (answer.status === 'fetched') return answer;
  throw fail(registry, answer.reason, answer.hint);
}

function readText(registry: string, { bytes }: Fetched): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fail(registry, 'what it answers is not text in UTF-8');
  }
}

function fail(registry: string, reason: string, hint?: string): AppError {
  return new AppError('STACK_REGISTRY_FAILED', `${registry}: ${reason}`, hint === undefined ? {} : { hint });
}
