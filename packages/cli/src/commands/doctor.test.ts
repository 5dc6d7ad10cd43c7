import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkTun } from '../doctor/check-machine.ts';
import { checkPrograms } from '../doctor/check-programs.ts';
import { checkSandbox } from '../doctor/check-sandbox.ts';
import { checkSettings } from '../doctor/check-settings.ts';
import type { Requirement } from '../doctor/requirement.ts';
import { expectSchema } from '../output-schema.fixture.ts';
import { readPipSettings } from '../pip-settings.ts';
import { makeSettings, readConfiguration } from '../settings.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

const find = (requirements: readonly Requirement[], id: string): Requirement | undefined =>
  requirements.find((one) => one.id === id);

describe('devstead doctor', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  it('lists every requirement; its exit code says whether something is missing', async () => {
    const { code, stdout } = await repository.call(['doctor', '-o', 'json']);
    const { requirements } = expectSchema('doctor', stdout) as { requirements: readonly Requirement[] };
    expect(code).toBe(requirements.some(({ state }) => state === 'missing') ? 4 : 0);
    expect(new Set(requirements.map(({ id }) => id)).size).toBe(requirements.length);
    expect(find(requirements, 'images')).toMatchObject({ state: 'warn', fix: 'devstead image build --all' });
  });

  it('goes on when the configuration has errors', async () => {
    repository.write('.devstead/config.yaml', 'x: 1\n');
    const { code, stdout } = await repository.call(['doctor', '-o', 'json']);
    expect(code).toBe(4);
    expect(JSON.parse(stdout).requirements).toContainEqual(
      expect.objectContaining({ id: 'configuration', state: 'missing', fix: 'devstead config' }),
    );
  });

  const settingsOf = (env: Record<string, string>): readonly Requirement[] => {
    const io = repository.io({ PIP_CONFIG_FILE: '/dev/null', ...env });
    const configuration = readConfiguration(io);
    return checkSettings(makeSettings(io, configuration), configuration, readPipSettings(io, repository.root));
  };

  it('shows settings without credentials', () => {
    const found = settingsOf({
      HTTP_PROXY: 'http://me:hunter2@proxy.example:3128',
      PIP_INDEX_URL: 'https://me:hunter2@index.example/simple?token=hunter2',
    });
    expect(JSON.stringify(found)).not.toContain('hunter2');
    expect(find(found, 'network.proxies')).toMatchObject({
      state: 'ok',
      found: 'HTTP_PROXY=http://proxy.example:3128',
    });
    expect(find(found, 'network.pip')).toMatchObject({
      state: 'ok',
      found: 'PIP_INDEX_URL=https://index.example/simple',
    });
  });

  it.each([
    [{ HTTP_PROXY: 'http://127.0.0.1:3128' }, 'network.proxies', 'warn'],
    [{ PIP_INDEX_URL: 'http://u:p@localhost:3141/root/pypi' }, 'network.pip', 'warn'],
    [{ NO_PROXY: 'localhost,127.0.0.1', PIP_INDEX_URL: 'http://localhost.example/' }, 'network.pip', 'ok'],
    [{ NO_PROXY: 'localhost' }, 'network.proxies', 'ok'],
  ])('of %j finds %s %s, as workspaces do not reach the loopback', (env: Record<string, string>, id, state) => {
    expect(find(settingsOf(env), id)?.state).toBe(state);
  });
});

describe('what is missing', () => {
  const user = { name: 'ann', uid: 1000 };

  it('has its remedy, and what rests on it is not called fine', () => {
    const found = checkSandbox({ hasLimits: false, idsProblem: 'no range' }, user);
    expect(found.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'namespaces.ids missing',
      'namespaces.user missing',
      'mounts.overlay missing',
      'mounts.project missing',
      'limits.cgroups warn',
    ]);
    expect(found[0]?.fix).toBe('sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann');
  });

  it('is nothing when all works', () => {
    expect(checkSandbox({ hasLimits: true }, { name: 'root', uid: 0 }).every(({ state }) => state === 'ok')).toBe(true);
  });

  it('of the network device is named', () => {
    expect(checkTun(1000, '/no/such/tun')).toMatchObject({ state: 'warn', fix: 'sudo modprobe tun' });
  });

  it('of programs depends on the user', () => {
    const ids = (uid: number): string[] => checkPrograms(uid, true).map(({ id }) => id);
    expect(ids(0)).toContain('program.perl');
    expect(ids(0)).not.toContain('program.newuidmap');
    expect(ids(1000)).toContain('program.newuidmap');
  });
});
