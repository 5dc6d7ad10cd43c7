import { readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type FetchAnswer, type Fetcher, isWebPage } from '@devstead/devfile';
import { AppError } from '@devstead/kit';
import { shortenPath } from '../find-devfile.ts';
import type { Io } from '../io.ts';
import { readLimitedFile } from '../read-limited-file.ts';
import { readFolders, type Settings } from '../settings.ts';
import { withoutSecrets } from './fetch-address.ts';
import { askForText, type TextAnswer } from './fetch-text.ts';
import { type KeptText, KeptTexts } from './kept-texts.ts';
import { tellWaiting } from './tell-waiting.ts';

export interface FetcherOptions {
  /** Nothing is asked; copies kept from before are used. */
  readonly isOffline?: boolean;
  /**
   * The folder of a repository that came from elsewhere and that nobody agreed to yet: what is in it may not have services of
   * this machine asked, nor files outside it read.
   */
  readonly fetchedInto?: string;
}

/** It brings no more of a text than is allowed, and one byte by which the reader sees that there is more. */
export type LimitedFetcher = Fetcher & Required<Pick<Fetcher, 'maxBytes' | 'pluginRegistries'>>;

/** With a copy at hand nobody waits long for a newer one. */
const patienceMs = { withCopy: 5000, without: 30_000 } as const;

/**
 * Brings what devfiles refer to: files of this machine, and texts from the web within the limits of `askForText`. Every text
 * from the web is kept, so that the next reading works without a network; while there is one, the server is asked each time
 * whether its text has changed.
 */
export function createDevfileFetcher(io: Io, settings: Settings, options: FetcherOptions = {}): LimitedFetcher {
  const kept = new KeptTexts(join(readFolders(io).cache, 'devfiles'));
  return {
    registries: settings.devfiles.registries,
    pluginRegistries: [builtInRegistry, ...settings.devfiles.pluginRegistries],
    maxBytes: settings.devfiles.maxBytes,
    fetch: (address, referrer) => {
      if (address.startsWith(`${builtInRegistry}/`)) return findBuiltIn(address);
      const isFromWeb = referrer !== undefined && !referrer.startsWith('file:');
      const isStrange = isFromWeb || options.fetchedInto !== undefined;
      if (!address.startsWith('file:')) return fetchFromWeb(address, isStrange, { io, settings, kept, options });
      // The reader resolves addresses, so that a devfile from the web never has one of a file.
      return Promise.resolve(
        isFromWeb ? refuseFile(address) : readFile(io, address, settings.devfiles.maxBytes, options.fetchedInto),
      );
    },
  };
}

/** Stands for the plugins that Devstead brings; nobody is asked. The name is one that no server can have. */
export const builtInRegistry = 'https://plugins.devstead.internal';

async function findBuiltIn(address: string): Promise<FetchAnswer> {
  const { PluginCatalog } = await import('@devstead/registry/plugins');
  const id = /^\/v3\/plugins\/(.+)\/meta\.yaml$/.exec(address.slice(builtInRegistry.length))?.[1] ?? '';
  const plugin = new PluginCatalog().find(id);
  if (plugin === undefined) return { status: 'absent', reason: `Devstead has no plugin ${id}` };
  return { status: 'fetched', text: plugin.text, location: address, file: `${plugin.id} of Devstead` };
}

function refuseFile(address: string): FetchAnswer {
  return { status: 'refused', reason: `${address} is a file, and something from the web names it` };
}

function readFile(io: Io, address: string, maxBytes: number, within: string | undefined): FetchAnswer {
  const path = fileURLToPath(address);
  const file = shortenPath(io, path);
  const answer = readLimitedFile(path, maxBytes);
  if ('text' in answer) {
    if (within !== undefined && !isInside(answer.realPath, realpathSync(within)))
      return { status: 'refused', reason: `${file} is outside the repository that names it` };
    return { status: 'fetched', text: answer.text, location: pathToFileURL(answer.realPath).href, file };
  }
  return { status: answer.isAbsent ? 'absent' : 'failed', reason: `${file}: ${answer.reason}` };
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}${sep}`);
}

interface WebInput {
  readonly io: Io;
  readonly settings: Settings;
  readonly kept: KeptTexts;
  readonly options: FetcherOptions;
}

async function fetchFromWeb(address: string, isFromWeb: boolean, input: WebInput): Promise<FetchAnswer> {
  const { io, kept, options } = input;
  const copy = kept.find(address);
  const shown = URL.canParse(address) ? withoutSecrets(new URL(address)) : address;
  if (options.isOffline === true) {
    if (copy !== undefined) return useCopy(copy, 'nothing is asked with --offline');
    return { status: 'failed', reason: `${shown} was never fetched before, and --offline asks nothing` };
  }
  const answer = await ask(address, isFromWeb, copy, input);
  const now = io.clock.now();
  switch (answer.status) {
    case 'fetched': {
      const { text, location, etag } = answer;
      // A page that asks for a login is no newer version of a devfile.
      if (isWebPage(text)) return copy === undefined ? show(answer) : useCopy(copy, `${shown} answers with a web page`);
      kept.keep(address, { text, location, seenAt: now, ...(etag === undefined ? {} : { etag }) });
      return show(answer);
    }
    case 'unchanged':
      if (copy === undefined) return { status: 'failed', reason: `${shown} could not be fetched: no text came` };
      kept.keep(address, { ...copy, seenAt: now });
      return show(copy);
    case 'failed':
      if (copy !== undefined) return useCopy(copy, `${shown} could not be fetched: ${answer.reason}`);
      return { ...answer, reason: `${shown} could not be fetched: ${answer.reason}` };
    default:
      return { ...answer, reason: answer.status === 'absent' ? `${shown}: ${answer.reason}` : answer.reason };
  }
}

function show({
  text,
  location,
}: {
  readonly text: string;
  readonly location: string;
}): Extract<FetchAnswer, { status: 'fetched' }> {
  return { status: 'fetched', text, location, file: withoutSecrets(new URL(location)) };
}

function useCopy(copy: KeptText, reason: string): FetchAnswer {
  const since = new Date(copy.seenAt).toISOString().slice(0, 16).replace('T', ' ');
  return { ...show(copy), staleness: `of ${since} UTC: ${reason}` };
}

async function ask(
  address: string,
  isNamedFromWeb: boolean,
  copy: KeptText | undefined,
  { io, settings }: WebInput,
): Promise<TextAnswer> {
  const { caBundle } = settings;
  const done = tellWaiting(io, address);
  try {
    return await askForText(address, {
      signal: io.signal,
      isNamedFromWeb,
      maxBytes: settings.devfiles.maxBytes,
      allowsPrivate: false,
      trustedHosts: listTrustedHosts(settings),
      proxyEnv: Object.fromEntries(settings.proxies.map(({ name, value }) => [name, value])),
      timeoutMs: copy === undefined ? patienceMs.without : patienceMs.withCopy,
      ...(caBundle === undefined ? {} : { ca: readBundle(caBundle) }),
      ...(copy?.etag === undefined ? {} : { etag: copy.etag }),
    });
  } finally {
    done();
  }
}

/** Who configures a registry trusts its host. */
function listTrustedHosts({ devfiles }: Settings): string[] {
  const hosts = [...devfiles.registries, ...devfiles.pluginRegistries]
    .filter((registry) => URL.canParse(registry))
    .map((registry) => new URL(registry).host);
  return [...devfiles.hosts, ...hosts];
}

/** The text of a file of certificates. Throws UNREADABLE_INPUT. */
export function readBundle(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read the CA bundle ${path}`, { cause: error });
  }
}
