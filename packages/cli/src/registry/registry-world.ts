import type { World } from '@devstead/registry';
import { cloneRepository } from '@devstead/runtime';
import { extractArchive, fetchSource } from '@devstead/runtime/projects';
import { readBundle } from '../fetch/devfile-fetcher.ts';
import { askForBytes } from '../fetch/fetch-bytes.ts';
import { tellWaiting } from '../fetch/tell-waiting.ts';
import type { Io } from '../io.ts';
import type { Settings } from '../settings.ts';
import { readAddedSources } from './added-sources.ts';
import { registryFolder } from './sources.ts';

interface WorldOptions {
  /** Addresses of registries that the user has named: their hosts may be in a private network. */
  readonly registries?: readonly string[];
  /** Somebody waits for the answers, and is told for whom when it takes long. */
  readonly tellsWaiting?: boolean;
}

/** What a registry needs of this machine: requests as configured, Git, and archives unpacked within limits. */
export function makeRegistryWorld(
  io: Io,
  settings: Settings,
  { registries = [], tellsWaiting = false }: WorldOptions = {},
): World {
  const { caBundle, gitEnv, devfiles, proxies } = settings;
  const added = readAddedSources(registryFolder(io)).flatMap(({ kind, place }) => (kind === 'registry' ? [place] : []));
  const ofRegistries = [...devfiles.registries, ...added, ...registries].flatMap(
    (address) => URL.parse(address)?.host ?? [],
  );
  return {
    async get(address, { maxBytes, accept, timeoutMs, signal, isNamedByStack }) {
      const done = tellsWaiting ? tellWaiting(io, address) : undefined;
      const answer = await askForBytes(address, {
        signal: signal === undefined ? io.signal : AbortSignal.any([io.signal, signal]),
        maxBytes,
        allowsPrivate: false,
        trustedHosts: [...devfiles.hosts, ...ofRegistries],
        proxyEnv: Object.fromEntries(proxies.map(({ name, value }) => [name, value])),
        ...(isNamedByStack === undefined ? {} : { isNamedFromWeb: isNamedByStack }),
        ...(accept === undefined ? {} : { accept }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(caBundle === undefined ? {} : { ca: readBundle(caBundle) }),
      }).finally(done);
      if (answer.status === 'unchanged') return { status: 'failed', reason: 'nothing came' };
      return answer;
    },
    fetchStarter: (starter, target, signal) => {
      const { git, zip, subDir, name } = starter;
      return fetchSource(
        {
          name,
          ...(subDir === undefined ? {} : { subDir }),
          ...(zip === undefined ? {} : { zip }),
          ...(git === undefined ? {} : { git: toGitSource(git) }),
        },
        {
          target,
          gitEnv,
          report: { note: () => undefined },
          onOutput: () => undefined,
          signal: AbortSignal.any([io.signal, signal]),
          ...(caBundle === undefined ? {} : { caBundle }),
        },
      );
    },
    async unpack(archive, target, options) {
      await extractArchive(archive, target, { ...options, signal: AbortSignal.any([io.signal, options.signal]) });
    },
    async clone(address, target, { revision, signal }) {
      await cloneRepository({
        address,
        target,
        gitEnv,
        onOutput: () => undefined,
        signal: AbortSignal.any([io.signal, signal]),
        ...(revision === undefined ? {} : { revision }),
      });
    },
  };
}

type Starter = Parameters<World['fetchStarter']>[0];

/** The remote to check out from: the one that is named, else the only one, else origin. */
function toGitSource({ remotes, remote, revision }: NonNullable<Starter['git']>): {
  remotes: Readonly<Record<string, string>>;
  checkoutRemote: string;
  revision?: string;
} {
  const names = Object.keys(remotes);
  const checkoutRemote = remote ?? (names.length === 1 ? (names[0] ?? 'origin') : 'origin');
  return { remotes, checkoutRemote, ...(revision === undefined ? {} : { revision }) };
}
