import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeIo } from '@devstead/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePackageWay, type PackageWay } from './workspace-index.ts';

describe('the way to Python packages', () => {
  let stateFolder = '';
  beforeEach(() => {
    stateFolder = mkdtempSync(join(tmpdir(), 'devstead-way-'));
  });
  afterEach(() => rmSync(stateFolder, { recursive: true }));

  const pip = [
    { name: 'PIP_INDEX_URL', value: 'https://me:canary@old.example.com/simple/', source: 'PIP_INDEX_URL' },
    { name: 'PIP_TRUSTED_HOST', value: 'old.example.com', source: '/etc/pip.conf' },
  ];
  const keys = { 'index.workspaces': true, 'index.name': 'root/stable', 'index.username': 'root' };
  const io = new FakeIo({
    cwd: '/',
    env: { HOME: '/home/me', PIP_INDEX_URL: 'x', AWS_SECRET: 'canary' },
    now: 1_000_000,
  });
  const choose = (configured: Readonly<Record<string, unknown>> = {}, proxies: PackageWay['pip'] = []): PackageWay => {
    const all: Readonly<Record<string, unknown>> = { ...keys, ...configured };
    return choosePackageWay(io, { stateFolder, pip, proxies, get: (path) => all[path] });
  };
  const variablesOf = ({ index }: PackageWay): Record<string, string> =>
    Object.fromEntries((index?.variables ?? []).map(({ name, value }) => [name, value]));

  it('is the index of this machine, relayed', () => {
    const way = choose();
    expect(variablesOf(way)).toEqual({
      PIP_INDEX_URL: 'http://index.devstead.internal:3141/root/stable/+simple/',
      PIP_TRUSTED_HOST: 'index.devstead.internal old.example.com',
      UV_INDEX_URL: 'http://index.devstead.internal:3141/root/stable/+simple/',
      DEVPI_URL: 'http://index.devstead.internal:3141',
      DEVPI_INDEX: 'root/stable',
      DEVPI_USERNAME: 'root',
    });
    expect(way.index?.relay?.command.slice(-3)).toEqual(['index', 'serve', '--on-demand']);
  });

  it('starts the index with what it needs of the user’s variables and no others', () => {
    expect(choose().index?.relay?.env.map(({ name }) => name)).toEqual(['HOME', 'PIP_INDEX_URL']);
  });

  it('is the index that is configured, without a relay', () => {
    const way = choose({ 'index.url': 'https://index.example.com', 'index.name': 'team/dev' });
    expect(variablesOf(way)).toMatchObject({ PIP_INDEX_URL: 'https://index.example.com/team/dev/+simple/' });
    expect(variablesOf(way)).not.toHaveProperty('PIP_TRUSTED_HOST');
    expect(way.index?.relay).toBeUndefined();
  });

  it('takes an address of this machine for its own index', () => {
    expect(choose({ 'index.url': 'http://127.0.0.1:3141' }).index?.relay).toBeDefined();
  });

  it('is pip’s own where the index is switched off', () => {
    const way = choose({ 'index.workspaces': false });
    expect(way).toEqual({ pip: pip.map(({ name, value }) => ({ name, value })) });
  });

  it('is pip’s own, with the reason, while the index could not be started', () => {
    mkdirSync(join(stateFolder, 'index'));
    const record = (at: number): void =>
      writeFileSync(join(stateFolder, 'index/failure.json'), JSON.stringify({ format: 1, at, message: 'no room' }));
    record(1_000_000 - 1000);
    expect(choose()).toMatchObject({ indexProblem: 'no room' });
    expect(choose().index).toBeUndefined();
    expect(choose({ 'index.url': 'https://index.example.com' }).index).toBeDefined();
    record(1_000_000 - 3_600_000);
    expect(choose().index).toBeDefined();
  });

  it('has a token as a file, of which only the variable is known', () => {
    const env = { HOME: '/home/me', DEVSTEAD_INDEX_TOKEN: 'canary' };
    const all: Readonly<Record<string, unknown>> = keys;
    const way = choosePackageWay(new FakeIo({ cwd: '/', env }), {
      stateFolder,
      pip,
      proxies: [],
      get: (path) => all[path],
    });
    expect(variablesOf(way)).toMatchObject({ DEVPI_TOKEN_FILE: '/run/secrets/devpi-token' });
    expect(way.index?.tokenVariable).toBe('DEVSTEAD_INDEX_TOKEN');
    expect(JSON.stringify(way.index)).not.toContain('canary');
    expect(variablesOf(choose())).not.toHaveProperty('DEVPI_TOKEN_FILE');
  });

  it('leads past proxies, which do not know the name', () => {
    const proxy = { name: 'HTTP_PROXY', value: 'http://proxy:3128' };
    const only = { NO_PROXY: 'index.devstead.internal', no_proxy: 'index.devstead.internal' };
    expect(variablesOf(choose({}, [proxy]))).toMatchObject(only);
    const some = variablesOf(choose({}, [proxy, { name: 'no_proxy', value: '.example.com' }]));
    expect(some['NO_PROXY']).toBe('.example.com,index.devstead.internal');
    expect(variablesOf(choose({ 'index.url': 'https://index.example.com' }, [proxy]))).not.toHaveProperty('NO_PROXY');
  });
});
