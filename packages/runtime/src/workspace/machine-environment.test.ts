import type { Environment } from '@devstead/environment';
import { describe, expect, it } from 'vitest';
import { makeContainer, makeEnvironment } from '../plan/environment.fixture.ts';
import { caBundlePath } from '../plan/resolve-container.ts';
import type { RuntimeSettings } from '../settings.ts';
import { machineEnvironment, settingsFor } from './machine-environment.ts';

const settings: RuntimeSettings = {
  stateFolder: '/state',
  cacheFolder: '/cache',
  user: { name: 'me', uid: 1000, gid: 1000 },
  node: '/usr/bin/node',
  proxies: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }],
  pip: [{ name: 'PIP_INDEX_URL', value: 'https://index.example/simple' }],
  gitEnv: { HOME: '/home/me' },
  firstPort: 20_001,
  rewrites: {},
};

describe('what a machine gives to its containers', () => {
  it('is its proxies and its index', () => {
    expect(machineEnvironment(settings)).toEqual({ machineEnv: [...settings.proxies, ...settings.pip] });
    expect(machineEnvironment({ ...settings, proxies: [], pip: [] })).toEqual({ machineEnv: [] });
  });

  it('is its CA bundle under every name that tools know, at the place in the container', () => {
    const { caBundle, machineEnv } = machineEnvironment({ ...settings, caBundle: '/etc/ssl/machine.pem' });
    expect(caBundle).toBe('/etc/ssl/machine.pem');
    const names = machineEnv.filter(({ value }) => value === caBundlePath).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'SSL_CERT_FILE',
        'PIP_CERT',
        'REQUESTS_CA_BUNDLE',
        'NODE_EXTRA_CA_CERTS',
        'CURL_CA_BUNDLE',
      ]),
    );
    expect(machineEnv.some(({ value }) => value.includes('/etc/ssl'))).toBe(false);
  });

  it('is its package index, which wins over pip’s own settings', () => {
    const variables = [{ name: 'PIP_INDEX_URL', value: 'http://index.devstead.internal:3141/root/stable/+simple/' }];
    expect(machineEnvironment({ ...settings, index: { variables } }).machineEnv).toEqual([
      ...settings.proxies,
      ...variables,
    ]);
  });

  it('is pip’s own settings where the environment has an index of its own at the port', () => {
    const index = { variables: [], relay: { command: [], env: [] } };
    const at = (port: number): Environment =>
      makeEnvironment({
        containers: [
          makeContainer('own', { endpoints: [{ name: 'a', port, exposure: 'none', protocol: 'http', secure: false }] }),
        ],
      });
    expect(settingsFor({ ...settings, index }, at(3141)).index).toBeUndefined();
    expect(settingsFor({ ...settings, index }, at(3142)).index).toBe(index);
    expect(settingsFor({ ...settings, index: { variables: [] } }, at(3141)).index).toBeDefined();
  });
});
