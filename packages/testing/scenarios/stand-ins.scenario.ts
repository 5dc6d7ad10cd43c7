import { beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import type { Finished } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';

const minuteMs = 60_000;

/** The tests follow each other in one workspace. */
describe('images that recipes stand in for: what people know of them must hold', () => {
  const home = useHome();
  let cwd = '';
  let before: Inventory;
  const addresses = new Map<string, string>();

  const inside = (container: string, line: string): Promise<Finished> =>
    home().runWell(['exec', container, 'bash', '-c', line], { cwd, timeoutMs: 3 * minuteMs });
  const fetchText = async (endpoint: string, path: string): Promise<string> =>
    (await fetch(`${addresses.get(endpoint)}${path}`, { signal: AbortSignal.timeout(10_000) })).text();

  beforeAll(async () => {
    cwd = home().copyFixture('stand-ins');
    before = takeInventory(home());
    const { stdout } = await home().runWell(['up', '--output', 'json'], { cwd });
    const result = JSON.parse(stdout) as { addresses: { endpoint: string; url: string }[] };
    for (const { endpoint, url } of result.addresses) addresses.set(endpoint, url);
  });

  it('nginx serves on port 80 what its configuration names, and fills in templates', async () => {
    expect(await fetchText('web', '/')).toBe('served by the official nginx\n');
    expect(await fetchText('web', '/greeting')).toBe('filled in for 127.0.0.1');
    const workers = await inside(
      'web',
      "for f in /proc/[0-9]*; do grep -qs '^nginx: worker' $f/cmdline && stat -c %u $f; done; true",
    );
    expect(new Set(workers.stdout.split('\n').filter(Boolean))).toEqual(new Set(['101']));
  });

  it('nginx passes requests on to another container at localhost, and logs to the container’s output', async () => {
    const server = "require('http').createServer((_, to) => to.end('from node')).listen(3000)";
    const running = home().start(['exec', 'node', 'node', '-e', server], { cwd });
    await expect.poll(() => fetchText('web', '/app/x')).toBe('from node');
    running.child.kill('SIGINT');
    await running.finished;
    expect((await home().runWell(['logs', 'web'], { cwd })).stdout).toContain('"GET /app/x HTTP/1.1" 200');
  });

  it('nginx as in UBI serves on port 8080 what lies in its home, which its user may change', async () => {
    expect((await inside('static', 'id -u; pwd; echo changed > index.html')).stdout).toBe('1001\n/opt/app-root/src\n');
    expect(await fetchText('static', '/')).toBe('changed\n');
    const location = 'location = /more { return 200 more; }';
    // nginx opens its log, which is the command's own stderr: here a socket, which cannot be opened; a pipe can.
    const reload = 'set -o pipefail; { nginx -t && nginx -s reload; } 2>&1 | cat';
    await inside('static', `echo '${location}' > $NGINX_DEFAULT_CONF_PATH/more.conf && ${reload}`);
    await expect.poll(() => fetchText('static', '/more')).toBe('more');
  });

  it('node compiles a native module, and installs programs without rights', async () => {
    const { stdout } = await inside('node', 'node --version; npm --version; echo $HOME; id -u');
    expect(stdout).toMatch(/^v18\.\d+\.\d+\n9\.\d+\.\d+\n\/home\/node\n1000\n$/);
    await inside('node', 'cd /projects/addon && npm install && npm install --global .');
    expect((await inside('node', 'cd / && say-answer')).stdout).toBe('42\n');
  });

  it('python for an older version compiles a package from its sources', async () => {
    const line =
      'pip install --quiet --no-binary markupsafe markupsafe==2.1.5 && python -c "import markupsafe._speedups as s; print(s.__file__)"';
    expect((await inside('python', line)).stdout).toMatch(/^\/home\/user\/\.local\/.*_speedups.*\.so\n$/);
    expect((await inside('python', 'pip install --quiet cowsay==6.1 && cowsay -t hi')).stdout).toContain('hi');
  });

  it.each([
    ['node', '$HOME /opt/app-root/src'],
    ['python', '$HOME /opt/app-root/src'],
    ['static', '$HOME /opt/app-root/etc/nginx.d /var/lib/nginx'],
  ])('%s lets any user of the group 0 write in %s', async (container, folders) => {
    const { stdout } = await inside(container, `stat -L -c '%g %A' ${folders}`);
    for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/^0 d...rw/);
  });

  it('leaves nothing', async () => {
    await home().runWell(['down', '--volumes'], { cwd });
    expect(await findRemains(home(), before)).toEqual([]);
  });
});
