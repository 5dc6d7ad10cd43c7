import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import { askPort } from '../src/tcp-port.ts';
import { useHome } from '../src/use-home.ts';

interface Top {
  readonly schemaVersion: string;
  readonly containers: readonly {
    readonly name: string;
    readonly isRunning: boolean;
    readonly cpuPercent: number;
    readonly memoryBytes: number;
    readonly processes: readonly { readonly command: string; readonly cpuPercent: number }[];
  }[];
}

interface Timeline {
  readonly starts: readonly {
    readonly isDone: boolean;
    readonly durationMs: number;
    readonly usualMs?: number;
    readonly criticalPath: readonly string[];
    readonly steps: readonly { readonly id: string; readonly isCritical: boolean }[];
  }[];
}

/** The tests follow each other in one workspace. */
describe('the commands of every day', () => {
  const home = useHome();
  let cwd = '';

  const readJson = async <Result>(...args: readonly string[]): Promise<Result> =>
    JSON.parse((await home().runWell([...args, '--output', 'json'], { cwd })).stdout) as Result;

  it('timeline must tell each start, and compare a start with those like it', async () => {
    cwd = home().copyFixture('cache-and-tools');
    await home().runWell(['up'], { cwd });
    for (let round = 0; round < 2; round += 1) {
      await home().runWell(['stop'], { cwd });
      await home().runWell(['up'], { cwd });
    }
    const { starts } = await readJson<Timeline>('timeline');
    expect(starts).toHaveLength(3);
    const [last] = starts;
    expect(last).toMatchObject({ isDone: true, usualMs: expect.any(Number) });
    expect(last?.criticalPath[0]).toBe('sandbox.start');
    expect(last?.criticalPath.at(-1)).toBe('event.finish postStart');
    expect(last?.steps.map(({ id }) => id)).toContain('container.ready redis');
    // A second up that finds all done starts nothing, and is no start.
    await home().runWell(['up'], { cwd });
    expect((await readJson<Timeline>('timeline')).starts).toHaveLength(3);
  });

  it('top must show which program uses a processor, and what containers hold', async () => {
    const busy = home().start(['exec', 'tools', 'python3', '-c', 'while True: pass'], { cwd });
    await expect
      .poll(async () => (await readJson<Top>('top', 'tools')).containers[0]?.cpuPercent ?? 0)
      .toBeGreaterThan(20);
    const { containers } = await readJson<Top>('top');
    expect(containers.map(({ name, isRunning }) => [name, isRunning])).toEqual([
      ['redis', true],
      ['tools', true],
    ]);
    for (const { memoryBytes } of containers) expect(memoryBytes).toBeGreaterThan(100_000);
    expect(containers[1]?.processes[0]?.command).toContain('while True');
    busy.child.kill('SIGINT');
    await busy.finished;
  });

  it('top must refresh on a terminal until Ctrl-C, and give the terminal back', async () => {
    const args = ['top', '--interval', '300ms'];
    const running = home().start(args, { cwd, terminal: { rows: 20, columns: 80 } });
    await running.waitFor(/\[H[^]*\[H/);
    running.type('\u0003');
    const { code, stdout } = await running.finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/\[\?1049h[^]*\[\?25h[^]*\[\?1049l[^]*redis[^]*$/);
  });

  it('logs --follow must go on through the end of a container and a stop of the workspace', async () => {
    const running = home().start(['logs', '--follow'], { cwd });
    await running.waitFor(/redis \| .*Ready to accept connections/);
    const count = (): number => running.output.match(/Ready to accept connections/g)?.length ?? 0;
    let before = count();
    await home().run(['exec', 'redis', 'redis-cli', 'SHUTDOWN', 'NOSAVE'], { cwd });
    await expect.poll(count).toBeGreaterThan(before);
    before = count();
    await home().runWell(['stop'], { cwd });
    await home().runWell(['up'], { cwd });
    await expect.poll(count).toBeGreaterThan(before);
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(0);
  });

  it('logs must be in colours on a terminal, and in none with NO_COLOR', async () => {
    const terminal = { rows: 30, columns: 120 };
    expect((await home().run(['logs'], { cwd, terminal })).stdout).toMatch(/\u001b\[\d+mredis/);
    expect((await home().run(['logs'], { cwd, terminal, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b[');
  });

  it('ports --forward must take a port by its number', async () => {
    const running = home().start(['ports', '--forward', '6379'], { cwd });
    await running.waitFor(/127\.0\.0\.1:\d+/);
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(running.output)?.[1]);
    await expect.poll(() => askPort(port, 'PING\r\n')).toBe('+PONG\r\n');
    running.child.kill('SIGINT');
    await running.finished;
  });

  it('open must hand the address to the browser, and print it where there is none', async () => {
    const said = join(home().root, 'opened');
    const browser = join(home().root, 'browser.sh');
    writeFileSync(browser, `#!/bin/sh\nprintf '%s' "$1" > ${said}\n`, { mode: 0o755 });
    const opened = await home().runWell(['open', 'web', '--output', 'json'], { cwd, env: { BROWSER: browser } });
    const { address, isOpened } = JSON.parse(opened.stdout) as { address: string; isOpened: boolean };
    expect(isOpened).toBe(true);
    expect(readFileSync(said, 'utf8')).toBe(address);
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const printed = await home().runWell(['open'], { cwd, env: { DISPLAY: '', WAYLAND_DISPLAY: '', BROWSER: '' } });
    expect(printed.stdout).toBe(`${address}\n`);
    expect((await home().run(['open', 'redis'], { cwd })).code).toBe(2);
    expect((await home().run(['open', 'absent'], { cwd })).code).toBe(2);
  });

  it('cp must take a folder in as the container’s user, and bring it back the same', async () => {
    const source = join(home().root, 'source');
    mkdirSync(join(source, 'sub'), { recursive: true });
    writeFileSync(join(source, 'sub/run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    writeFileSync(join(source, 'größe.bin'), Buffer.alloc(3_000_000, 7));
    symlinkSync('sub/run.sh', join(source, 'inside'));
    symlinkSync('/etc/passwd', join(source, 'outside'));
    await home().runWell(['cp', source, 'redis:/tmp/target'], { cwd });
    const line = 'stat -c "%U %a" sub/run.sh; stat -c %s gr*; readlink inside outside; find . ! -user redis';
    const inside = await home().runWell(['exec', '--workdir', '/tmp/target', 'redis', 'sh', '-c', line], { cwd });
    expect(inside.stdout).toBe('redis 755\n3000000\nsub/run.sh\n/etc/passwd\n');
    const back = join(home().root, 'back');
    const { stderr } = await home().runWell(['cp', 'redis:/tmp/target', back], { cwd });
    expect(readdirSync(back).sort()).toEqual(['größe.bin', 'inside', 'sub']);
    expect(readFileSync(join(back, 'größe.bin')).equals(readFileSync(join(source, 'größe.bin')))).toBe(true);
    expect(statSync(join(back, 'inside')).mode & 0o777).toBe(0o755);
    expect(stderr).toMatch(/left out .*outside.*\/etc\/passwd/);
    expect(lstatSync(join(back, 'sub/run.sh')).uid).toBe(process.getuid?.());
    // Again: into what is there.
    await home().runWell(['cp', 'redis:/tmp/target/.', back], { cwd });
    await home().runWell(['cp', 'redis:/tmp/target', back], { cwd });
    expect(readdirSync(back).sort()).toEqual(['größe.bin', 'inside', 'sub', 'target']);
  });

  it('cp must say what is not there, and leave nothing half-copied on either side', async () => {
    const target = join(home().root, 'fresh');
    mkdirSync(target);
    expect((await home().run(['cp', 'redis:/absent', target], { cwd })).code).toBe(1);
    expect((await home().run(['cp', '/absent', 'redis:/tmp'], { cwd })).code).toBe(2);
    expect((await home().run(['cp', 'a', 'b'], { cwd })).code).toBe(2);
    expect((await home().run(['cp', 'absent:/tmp', target], { cwd })).stderr).toContain('UNKNOWN_CONTAINER');
    const limited = await home().run(['cp', '--max-size', '1M', 'redis:/tmp/target', target], { cwd });
    expect(limited.stderr).toContain('ARCHIVE_REFUSED');
    // A large file, interrupted.
    await home().runWell(['exec', 'redis', 'truncate', '-s', '4G', '/tmp/large'], { cwd });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const out = home().start(['cp', 'redis:/tmp/large', target], { cwd });
      await expect.poll(() => readdirSync(target).length).toBe(1);
      out.child.kill(signal);
      expect((await out.finished).code).toBe(130);
      expect(readdirSync(target)).toEqual([]);
    }
    const { stdout } = await home().runWell(['exec', 'redis', 'sh', '-c', 'rm /tmp/large; ls -a /tmp'], { cwd });
    expect(stdout).not.toContain('.devstead-copy');
  });

  it('cp must not be led out of its folder by a container that made its own tar', async () => {
    // Threats 12 and 15: the program that sends is the container's, and so is what it sends.
    const script = [
      'import io, sys, tarfile',
      'out = tarfile.open(fileobj=sys.stdout.buffer, mode="w|")',
      'root = tarfile.TarInfo("./"); root.type = tarfile.DIRTYPE; root.mode = 0o755; out.addfile(root)',
      'link = tarfile.TarInfo("a"); link.type = tarfile.SYMTYPE; link.linkname = "/tmp"; out.addfile(link)',
      'item = tarfile.TarInfo("a/devstead-led-out"); item.size = 4; out.addfile(item, io.BytesIO(b"harm"))',
      'out.close()',
    ].join('\n');
    writeFileSync(join(cwd, 'tar.py'), script);
    const devfile = readFileSync(join(cwd, 'devfile.yaml'), 'utf8');
    const env =
      '      env:\n        - name: PATH\n          value: /projects/evil:/usr/local/bin:/usr/bin:/bin\n      mountSources: true\n';
    writeFileSync(join(cwd, 'devfile.yaml'), devfile.replace('      mountSources: true\n', env));
    mkdirSync(join(cwd, 'evil'));
    writeFileSync(join(cwd, 'evil/tar'), '#!/bin/sh\nexec python3 /projects/tar.py\n', { mode: 0o755 });
    await home().runWell(['up'], { cwd });
    const target = join(home().root, 'safe');
    const result = await home().run(['cp', 'tools:/projects', target], { cwd });
    expect(result.stderr).toContain('ARCHIVE_REFUSED');
    expect(existsSync(target)).toBe(false);
    expect(existsSync('/tmp/devstead-led-out')).toBe(false);
  });

  it('none of them must leave a process, a mount or a file', async () => {
    await home().runWell(['exec', 'redis', 'truncate', '-s', '4G', '/tmp/large'], { cwd });
    const before = takeInventory(home());
    const target = join(home().root, 'killed');
    mkdirSync(target);
    const killed = home().start(['cp', 'redis:/tmp/large', target], { cwd });
    await expect.poll(() => readdirSync(target).length).toBe(1);
    killed.child.kill('SIGKILL');
    await killed.finished;
    const isExpected = (line: string): boolean => /^file .*\/run\/exec-\d+-\d+\.json$/.test(line);
    expect(await findRemains(home(), before, isExpected)).toEqual([]);
    // What was copied so far goes with the next copy.
    await home().runWell(['cp', 'redis:/etc/hostname', target], { cwd });
    expect(readdirSync(target)).toEqual(['hostname']);
  });
});
