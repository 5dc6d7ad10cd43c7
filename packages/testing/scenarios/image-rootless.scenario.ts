import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listStore } from '../src/image-store.ts';
import { explainNoRegistry, LoopbackRegistry } from '../src/loopback-registry.ts';
import { makeTar } from '../src/make-tar.ts';
import { explainNoUser, ThrowAwayUser } from '../src/throw-away-user.ts';
import { useHome } from '../src/use-home.ts';

const reason = explainNoUser() ?? explainNoRegistry();
const why = reason === undefined ? '' : ` (skipped: ${reason})`;

describe.skipIf(reason !== undefined)(`images of a registry for a normal user${why}`, () => {
  const home = useHome();
  let user: ThrowAwayUser;
  let registry: LoopbackRegistry;

  beforeAll(async () => {
    user = new ThrowAwayUser();
    registry = await LoopbackRegistry.start(join(home().root, 'registry'));
    const file = join(home().root, 'base.tar');
    await home().runWell(['image', 'export', 'base', file]);
    const target = `docker://${registry.host}/dev/base:1`;
    execFileSync('skopeo', ['copy', '-q', '--dest-tls-verify=false', `oci-archive:${file}`, target]);
  });
  afterAll(async () => {
    registry?.stop();
    await user?.remove();
  });

  it('must be pulled, run with the owners they have, and be cleaned up', async () => {
    const cwd = join(user.root, 'project');
    mkdirSync(cwd);
    writeFileSync(
      join(cwd, 'devfile.yaml'),
      `schemaVersion: 2.2.2\nmetadata: {name: pulled}\ncomponents:\n  - name: dev\n    container:\n      image: ${registry.host}/dev/base:1\n`,
    );
    execFileSync('chown', ['-R', String(user.uid), cwd]);
    await user.runWell(['up'], { cwd });
    const script = 'stat -c "%u:%g %a" /etc/shadow /tmp; id -u; touch /etc/made && stat -c %u /etc/made';
    const { stdout } = await user.runWell(['exec', 'dev', 'sh', '-c', script], { cwd });
    expect(stdout.split('\n').slice(0, 2)).toEqual(['0:42 640', '0:0 1777']);
    await user.runWell(['down', '--volumes'], { cwd });
    const archive = join(user.root, 'base.tar');
    await user.runWell(['image', 'export', `${registry.host}/dev/base:1`, archive], { cwd });
    await user.runWell(['image', 'prune', '--older-than', '0'], { cwd });
    expect(listStore(user.state)).toEqual({ layers: [], records: [], building: [] });
    await user.runWell(['image', 'import', '--name', 'example.com/base', archive], { cwd });
    expect(listStore(user.state).layers.length).toBe(1);
  });

  it('must write nothing outside when they mean harm', async () => {
    const tar = makeTar([
      { path: 'home', flag: '2', link: user.root },
      { path: 'home/.profile', content: 'evil' },
      { path: 'disk', flag: '4', device: [8, 0] },
    ]);
    const before = listStore(user.state);
    const reference = await registry.push('hostile/home', 'latest', [tar]);
    const { code, stderr } = await user.run(['image', 'pull', reference], { cwd: user.root });
    expect([code, /IMAGE_REFUSED/.test(stderr)], stderr).toEqual([1, true]);
    expect(listStore(user.state)).toEqual(before);
    expect(execFileSync('cat', [join(user.root, '.profile')], { encoding: 'utf8' })).not.toContain('evil');
  });
});
