import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRuntimeFolder, checkTun } from '../doctor/check-machine.ts';
import { checkPrograms } from '../doctor/check-programs.ts';
import { checkSandbox } from '../doctor/check-sandbox.ts';
import { checkSettings } from '../doctor/check-settings.ts';
import { readNamespaceFacts } from '../doctor/explain-namespaces.ts';
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
  const user = { name: 'ann', uid: 1000, gid: 1000 };
  const states = (found: readonly Requirement[]): string[] => found.map(({ id, state }) => `${id} ${state}`);

  it('has its remedy, and what rests on it is not called fine', () => {
    const found = checkSandbox({ hasLimits: false, ids: { problem: 'no range', command: 'usermod … ann' } }, user);
    expect(states(found)).toEqual([
      'namespaces.ids missing',
      'folders.open missing',
      'namespaces.user missing',
      'mounts.overlay missing',
      'mounts.project missing',
      'limits.cgroups warn',
    ]);
    expect(found[0]?.fix).toBe('sudo usermod … ann');
  });

  it('of folders is named, and who may open them', () => {
    const found = checkSandbox({ hasLimits: true, closedFolder: '/srv/team' }, user);
    expect(find(found, 'namespaces.ids')?.state).toBe('ok');
    expect(find(found, 'folders.open')).toMatchObject({ state: 'missing', fix: 'sudo chmod o+x /srv/team' });
    expect(find(found, 'mounts.project')?.state).toBe('missing');
  });

  it('is nothing when all works', () => {
    const root = { name: 'root', uid: 0, gid: 0 };
    expect(checkSandbox({ hasLimits: true }, root).every(({ state }) => state === 'ok')).toBe(true);
  });

  it.each([
    [{ most: 0 }, 'Operation not permitted', 'sudo sysctl -w user.max_user_namespaces=15000'],
    [{ most: 20_000 }, 'No space left on device', 'sudo sysctl -w user.max_user_namespaces=40000'],
    [{ isForRootAlone: true }, 'Operation not permitted', 'sudo sysctl -w kernel.unprivileged_userns_clone=1'],
    [{ isConfined: true }, 'Permission denied', 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'],
    [{}, 'newuidmap: write to uid_map failed', 'sudo chmod u+s /usr/bin/newuidmap /usr/bin/newgidmap'],
  ])('of namespaces with %j and %j is mended by the setting that is in the way', (facts, namespacesProblem, fix) => {
    const found = checkSandbox({ hasLimits: true, namespacesProblem }, user, facts);
    expect(find(found, 'namespaces.user')).toMatchObject({ state: 'missing', fix });
  });

  it('of namespaces is read from the kernel', () => {
    repositoryFile('proc/sys/user/max_user_namespaces', '0\n');
    repositoryFile('proc/sys/kernel/unprivileged_userns_clone', '0\n');
    repositoryFile('proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1\n');
    repositoryFile('proc/self/status', 'Name:\tdevstead\nNoNewPrivs:\t1\n');
    const all = { most: 0, isForRootAlone: true, isConfined: true, hasNoNewRights: true };
    expect(readNamespaceFacts(repository.root)).toEqual(all);
    const none = { isForRootAlone: false, isConfined: false, hasNoNewRights: false };
    expect(readNamespaceFacts('/no/such/root')).toEqual(none);
  });

  it('of the network device is named', () => {
    const fixOf = (devices: string): string | undefined => checkTun(1000, '/no/such/tun', devices).fix;
    repositoryFile('misc', '200 tun\n');
    expect(fixOf(join(repository.root, 'misc'))).toBe(
      "sudo sh -c 'mkdir -p /no/such && mknod -m 0666 /no/such/tun c 10 200'",
    );
    expect(fixOf('/no/such/misc')).toBe("sudo sh -c 'modprobe tun && chmod 0666 /no/such/tun'");
  });

  it('of the session’s folder is named', () => {
    const { root } = repository;
    const uid = process.getuid?.() ?? 0;
    expect(checkRuntimeFolder(undefined, { uid }).state).toBe('ok');
    expect(checkRuntimeFolder(root, { uid }).state).toBe('ok');
    expect(checkRuntimeFolder(root, { uid: uid + 1 })).toMatchObject({ state: 'warn', fix: 'unset XDG_RUNTIME_DIR' });
    expect(checkRuntimeFolder(`${root}/none`, { uid })).toMatchObject({ state: 'warn', fix: 'unset XDG_RUNTIME_DIR' });
  });

  it('of programs depends on the user', () => {
    const ids = (uid: number): string[] => checkPrograms(uid, true).map(({ id }) => id);
    expect(ids(0)).not.toContain('program.newuidmap');
    expect(ids(1000)).toContain('program.newuidmap');
    for (const uid of [0, 1000]) expect(ids(uid)).toEqual(expect.arrayContaining(['program.perl', 'program.crun']));
  });

  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());
  const repositoryFile = (path: string, text: string): void => {
    mkdirSync(dirname(join(repository.root, path)), { recursive: true });
    writeFileSync(join(repository.root, path), text);
  };
});
