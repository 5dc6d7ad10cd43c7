import { networkInterfaces } from 'node:os';
import type { Environment, EnvVariable } from '@devstead/environment';
import { indexPort } from '../index-service/index-place.ts';
import { caBundlePath, mergeEnv } from '../plan/resolve-container.ts';
import type { RuntimeSettings } from '../settings.ts';

/** The variables by which common tools learn of a CA bundle: OpenSSL, pip, requests, Node, curl, Git, AWS. */
const caVariables = [
  'SSL_CERT_FILE',
  'PIP_CERT',
  'REQUESTS_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
];

/** What the machine gives to every container: its CA bundle, its proxies, pip's own settings and the index. */
export function machineEnvironment(settings: RuntimeSettings): {
  machineEnv: EnvVariable[];
  caBundle?: string;
  indexTokenVariable?: string;
} {
  const { caBundle, proxies, pip, index } = settings;
  const ca = caBundle === undefined ? [] : caVariables.map((name) => ({ name, value: caBundlePath }));
  const machineEnv = mergeEnv(ca, proxies, pip, index?.variables ?? []);
  const indexTokenVariable = index?.tokenVariable;
  return {
    machineEnv,
    ...(caBundle === undefined ? {} : { caBundle }),
    ...(indexTokenVariable === undefined ? {} : { indexTokenVariable }),
  };
}

/** True when something of the environment's own is at the port by which the machine's index is reached. */
function hasOwnIndex({ containers }: Environment): boolean {
  return containers.some(({ endpoints }) => endpoints.some(({ port }) => port === indexPort));
}

/** The settings for an environment: where it has an index of its own, that of the machine is not put in its way. */
export function settingsFor<S extends RuntimeSettings>(settings: S, environment: Environment): S {
  if (settings.index?.relay === undefined || !hasOwnIndex(environment)) return settings;
  const { index: _index, ...others } = settings;
  return others as S;
}

/** The first address of the machine that is not its own loopback. */
export function findGateway(): { gateway?: string } {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const found = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
  return found === undefined ? {} : { gateway: found.address };
}
