import type { EnvVariable } from '@devstead/environment';
import { caBundlePath } from '../plan/resolve-container.ts';
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

/** What the machine gives to every container: its CA bundle, its proxies and pip's own settings. */
export function machineEnvironment(settings: RuntimeSettings): { machineEnv: EnvVariable[]; caBundle?: string } {
  const { caBundle, proxies, pip } = settings;
  const ca = caBundle === undefined ? [] : caVariables.map((name) => ({ name, value: caBundlePath }));
  return { machineEnv: [...ca, ...proxies, ...pip], ...(caBundle === undefined ? {} : { caBundle }) };
}
