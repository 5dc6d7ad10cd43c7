import { hasErrors } from '@devstead/kit';
import { withoutCredentials } from '@devstead/runtime';
import type { Configuration } from '../config/load-configuration.ts';
import type { ImageList } from '../images/read-images.ts';
import type { PipSetting } from '../pip-settings.ts';
import type { Settings } from '../settings.ts';
import { installCommand, type Requirement } from './requirement.ts';

/** The configuration, and what workspaces are told about certificates, proxies and pip. */
export function checkSettings(
  settings: Settings,
  configuration: Configuration,
  pip: readonly PipSetting[],
): Requirement[] {
  const { caBundle, user } = settings;
  const isBad = hasErrors(configuration.diagnostics);
  return [
    {
      id: 'configuration',
      state: isBad ? 'missing' : 'ok',
      purpose: 'settings of the user and the repository',
      found: isBad ? `${configuration.diagnostics.length} problems` : 'valid',
      ...(isBad ? { fix: 'devstead config' } : {}),
    },
    {
      id: 'network.certificates',
      state: caBundle === undefined ? 'warn' : 'ok',
      purpose: 'certificate authorities that workspaces and image builds trust',
      found: caBundle ?? 'none found',
      ...(caBundle === undefined ? { fix: installCommand(['ca-certificates'], user.uid) } : {}),
    },
    checkAddresses(
      'network.proxies',
      'proxies, passed on to workspaces and image builds',
      settings.proxies,
      'Set the proxy to an address of this machine that is not its loopback.',
    ),
    {
      id: 'network.index',
      purpose: 'the index that workspaces get Python packages from',
      state: settings.indexProblem === undefined ? 'ok' : 'warn',
      found:
        settings.indexProblem ??
        settings.index?.variables.find(({ name }) => name === 'PIP_INDEX_URL')?.value ??
        'switched off: pip’s own settings count',
      ...(settings.indexProblem === undefined ? {} : { fix: 'devstead index serve' }),
    },
    checkAddresses(
      'network.pip',
      'pip’s own settings, passed on to workspaces',
      pip,
      'Set the index to an address that is reached from other machines too.',
    ),
  ];
}

const loopback = /^(?:[a-z]+:\/\/)?(?:[^/@\s]*@)?(?:localhost|127(?:\.\d+){3}|\[::1\])(?=[:/]|$)/i;
/** Lists of hosts to go to directly; the loopback belongs there. */
const hostLists = /^(?:no_proxy|PIP_TRUSTED_HOST)$/i;

/** Settings that were seen, without credentials. An address on the loopback means another machine inside a workspace. */
function checkAddresses(
  id: string,
  purpose: string,
  settings: readonly { readonly name: string; readonly value: string }[],
  fix: string,
): Requirement {
  const isUnreachable = ({ name, value }: { name: string; value: string }): boolean =>
    !hostLists.test(name) && value.split(/\s+/).some((word) => loopback.test(word));
  const found = settings.map(({ name, value }) => `${name}=${showAddresses(value)}`).join(' ');
  if (!settings.some(isUnreachable)) return { id, state: 'ok', purpose, found: found === '' ? 'none' : found };
  return { id, state: 'warn', purpose, found: `${found}; workspaces do not reach this machine’s loopback`, fix };
}

/** Addresses without user, password and query, any of which may be a secret. */
function showAddresses(value: string): string {
  return value
    .split(/\s+/)
    .map((word) => withoutCredentials(word).replace(/[?#].*$/, ''))
    .join(' ');
}

/** The images that stand in for those of registries. */
export function checkImages({ images }: ImageList): Requirement {
  const wanted = images.filter(({ state }) => state !== 'orphan');
  const ready = wanted.filter(({ state }) => state === 'ready').length;
  const isDone = ready === wanted.length;
  return {
    id: 'images',
    state: isDone ? 'ok' : 'warn',
    purpose: 'base images; `devstead up` builds those that it needs',
    found: `${ready} of ${wanted.length} built`,
    ...(isDone ? {} : { fix: 'devstead image build --all' }),
  };
}
