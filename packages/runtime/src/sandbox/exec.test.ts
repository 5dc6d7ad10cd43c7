import { describe, expect, it } from 'vitest';
import { processConfig } from './exec.ts';

const own = {
  env: ['PATH=/usr/bin', 'URL=http://db?a=b', 'EMPTY='],
  cwd: '/opt/app-root',
  args: ['/.devstead/tini', '--', 'serve'],
  capabilities: { bounding: ['CAP_CHOWN'] },
  noNewPrivileges: true,
  user: { uid: 26, gid: 0 },
};
const request = { argv: ['make', 'test'], hasTerminal: false };

describe('the process of a command', () => {
  it.each([
    ['none is named', undefined, '/projects/api'],
    ['a relative one is', 'src', '/projects/api/src'],
    ['a relative one leads up', '../ui/', '/projects/ui'],
    ['one leads above the root', '../../../../etc', '/etc'],
    ['an absolute one is', '/var/lib', '/var/lib'],
    ['the same one is', '.', '/projects/api'],
  ])("is in the commands' folder, or one named from there, where %s", (_what, workingDir, cwd) => {
    const asked = workingDir === undefined ? request : { ...request, workingDir };
    expect(processConfig(own, '/projects/api', asked).cwd).toBe(cwd);
  });

  it("has the container's rights and its variables under the command's own", () => {
    const env = [
      { name: 'URL', value: 'x=y' },
      { name: 'NEW', value: '' },
    ];
    expect(processConfig(own, '/', { ...request, env, hasTerminal: true })).toEqual({
      ...own,
      terminal: true,
      args: ['/.devstead/tini', '-s', '-g', '-p', 'SIGTERM', '--', 'make', 'test'],
      env: ['PATH=/usr/bin', 'URL=x=y', 'EMPTY=', 'NEW='],
      cwd: '/',
    });
  });

  it('is of another user where one is named', () => {
    const user = { uid: 1, gid: 2 };
    expect(processConfig(own, '/', { ...request, user }).user).toEqual(user);
  });
});
