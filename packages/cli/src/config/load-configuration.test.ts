import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfiguration, readSettings } from '../settings.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

describe('the configuration', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  const writeUser = (text: string): void => {
    const folder = join(repository.root, 'home/.config/devstead');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.yaml'), text);
  };
  const firstPort = (env: Record<string, string> = {}): unknown => {
    const entry = readConfiguration(repository.io(env)).entries.find(({ key }) => key.path === 'ports.first');
    return [entry?.value, entry?.source.kind];
  };

  it('lets the later source win: default, user, repository, variable', () => {
    expect(firstPort()).toEqual([20_001, 'default']);
    writeUser('ports: {first: 21000}');
    expect(firstPort()).toEqual([21_000, 'user']);
    repository.write('.devstead/config.yaml', 'ports: {first: 22000}');
    expect(firstPort()).toEqual([22_000, 'repository']);
    expect(firstPort({ DEVSTEAD_PORTS_FIRST: '23000' })).toEqual([23_000, 'variable']);
  });

  it('of a repository holds in every folder below it, the nearest one alone', () => {
    repository.write('.devstead/config.yaml', 'ports: {first: 22000}');
    repository.write('a/b/file', '');
    expect(readSettings(repository.io(), join(repository.folder, 'a/b')).firstPort).toBe(22_000);
    repository.write('a/.devstead/config.yaml', 'up: {timeout: 5}');
    const settings = readSettings(repository.io(), join(repository.folder, 'a/b'));
    expect([settings.firstPort, settings.up.timeoutMs]).toEqual([20_001, 5000]);
  });

  it('says where parents of devfiles may come from, and how large they may be', () => {
    const devfiles = (env: Record<string, string> = {}) => readSettings(repository.io(env)).devfiles;
    expect(devfiles()).toEqual({ registries: [], pluginRegistries: [], hosts: [], maxBytes: 512 * 1024 });
    writeUser(
      'devfiles: {registries: ["https://a.example", "http://b.example/x"], hosts: [c.example], maxBytes: 2097152}',
    );
    expect(devfiles()).toEqual({
      registries: ['https://a.example', 'http://b.example/x'],
      pluginRegistries: [],
      hosts: ['c.example'],
      maxBytes: 2 ** 21,
    });
    expect(devfiles({ DEVSTEAD_DEVFILES_HOSTS: 'd.example:8080, [fd00::1]' }).hosts).toEqual([
      'd.example:8080',
      '[fd00::1]',
    ]);
  });

  it.each([
    ['DEVSTEAD_DEVFILES_REGISTRIES', 'a.example'],
    ['DEVSTEAD_DEVFILES_REGISTRIES', 'https://user:secret@a.example'],
    ['DEVSTEAD_DEVFILES_REGISTRIES', 'https://a.example?token=x'],
    ['DEVSTEAD_DEVFILES_PLUGIN_REGISTRIES', 'a.example'],
    ['DEVSTEAD_DEVFILES_HOSTS', 'https://a.example'],
    ['DEVSTEAD_DEVFILES_MAX_BYTES', '1Gi'],
    ['DEVSTEAD_DEVFILES_MAX_BYTES', '10'],
  ])('refuses %s=%s', (name, value) => {
    expect(readConfiguration(repository.io({ [name]: value })).diagnostics.map(({ code }) => code)).toEqual([
      'config.bad-value',
    ]);
  });

  it('of a repository names no place that devfiles come from', () => {
    repository.write(
      '.devstead/config.yaml',
      'devfiles: {registries: ["https://a.example"], hosts: [b], maxBytes: 2097152}',
    );
    const { diagnostics } = readConfiguration(repository.io());
    expect(diagnostics.map(({ code }) => code)).toEqual(Array(3).fill('config.not-in-repository'));
  });

  it('comes to the settings of the runtime', () => {
    const bundle = repository.write('ca.pem', 'x');
    const env = {
      DEVSTEAD_CA_BUNDLE: bundle,
      DEVSTEAD_DEBIAN_MIRROR: 'https://mirror.example/debian',
      DEVSTEAD_IMAGES_REWRITE: 'a.example/py:3=python, b.example/db=postgresql',
      DEVSTEAD_UP_TIMEOUT: '90s',
      DEVSTEAD_UP_COMMANDS: '0',
      HTTPS_PROXY: 'http://proxy.example:3128',
    };
    expect(readSettings(repository.io(env))).toMatchObject({
      caBundle: bundle,
      debianMirror: 'https://mirror.example/debian',
      rewrites: { 'a.example/py:3': 'python', 'b.example/db': 'postgresql' },
      up: { timeoutMs: 90_000, runsCommands: false },
      proxies: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }],
    });
  });

  it('with problems stops a command, and names all of them', () => {
    writeUser('ports: {first: many}\nx: 1\n');
    const read = (): unknown => readSettings(repository.io({ DEVSTEAD_UP_TIMEOUT: 'soon', DEVSTEAD_HOEM: '/x' }));
    const details = ['config.bad-value', 'config.unknown-key', 'config.bad-value'].map((code) =>
      expect.stringContaining(code),
    );
    expect(read).toThrowError(expect.objectContaining({ code: 'CONFIG_INVALID', details }));
  });

  it('that cannot be read is a problem, not an absence', () => {
    repository.write('.devstead/other', '');
    symlinkSync(repository.folder, join(repository.folder, '.devstead/config.yaml'));
    expect(readConfiguration(repository.io()).diagnostics.map(({ code }) => code)).toEqual(['config.unreadable']);
  });

  it('takes the certificates of SSL_CERT_FILE when none are configured', () => {
    const bundle = repository.write('ca.pem', 'x');
    expect(readSettings(repository.io({ SSL_CERT_FILE: bundle })).caBundle).toBe(bundle);
  });
});
