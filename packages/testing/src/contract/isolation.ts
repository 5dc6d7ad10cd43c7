import { chownSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Lack, lackTexts } from '@devstead/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractBench, type ContractSession, devfileOf, type OpenRuntime, tools } from './contract-session.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** What goes into the table of what runtimes do (scripts/record-contract.mjs). */
    runtime?: { readonly version?: string; readonly lacks: readonly Lack[] };
  }
}

const devfile = devfileOf(
  `${tools('dev', 'volumeMounts: [{name: data, path: /data}, {name: cache, path: /home/user/.cache}]')}
${tools('twin')}
  - name: root
    container: {image: "example.com/base", memoryLimit: 96Mi, volumeMounts: [{name: shared, path: /shared}]}
  - name: data
    volume: {size: 1Gi}
  - name: cache
    volume: {size: 1Gi}
  - name: shared
    volume: {size: 1Gi}`,
);

/** Capabilities by which containers were left before: DAC_READ_SEARCH, NET_ADMIN, NET_RAW, SYS_MODULE, SYS_RAWIO, SYS_PTRACE, SYS_ADMIN, SYS_BOOT, MKNOD, SYSLOG, BPF. */
const dangerous = [2, 12, 13, 16, 17, 19, 21, 22, 27, 34, 39].reduce((bits, bit) => bits | (1n << BigInt(bit)), 0n);

/** Calls that must be refused, as Python that prints the error number; each would work for a normal user without a filter, or for root. */
const refusedCalls = {
  'mount(2)': 'libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)',
  'unshare(2) with a user namespace': 'libc.unshare(0x10000000)',
  'keyctl(2)': 'libc.syscall({"x86_64": 250, "aarch64": 219}[platform.machine()], 0, -3, 0)',
  'add_key(2)': 'libc.syscall({"x86_64": 248, "aarch64": 217}[platform.machine()], b"user", b"a", b"b", 1, -2)',
  'bpf(2)': 'libc.syscall({"x86_64": 321, "aarch64": 280}[platform.machine()], 0, None, 0)',
  'io_uring_setup(2)': 'libc.syscall(425, 1, None)',
  'socket(2) to the host of a virtual machine': 'libc.socket(40, 1, 0)',
};

/** Calls that must look as on a kernel that does not have them, so that programs take the older way. */
const unknownCalls = {
  'clone3(2)': 'libc.syscall(435, None, 0)',
  'a call newer than the list': 'libc.syscall(2000, 0)',
};

/** What a container may not do or see, and whose its files are. */
export function describeIsolation(openRuntime: OpenRuntime): void {
  describe('isolation', () => {
    let bench: ContractBench;
    let session: ContractSession;
    /** Engines have no id-mapped mounts: what has sources runs as their owner. */
    const projectUser = (): number => (openRuntime.engine === undefined ? 1000 : statSync(session.folder).uid);
    beforeAll(async () => {
      bench = new ContractBench(openRuntime);
      session = bench.open('isolation');
      // A project of somebody who is neither root nor the container's user.
      if (process.getuid?.() === 0) chownSync(session.folder, 4321, 4322);
      await session.up(devfile);
    });
    afterAll(() => bench.close());

    it.each(['dev', 'root'])(
      'takes new privileges, dangerous capabilities and free system calls from %s',
      async (container) => {
        const status = await session.ask(container, 'cat /proc/self/status');
        const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
        expect(field('NoNewPrivs')).toBe('1');
        expect(field('Seccomp')).toBe('2');
        for (const set of ['CapBnd', 'CapEff', 'CapPrm', 'CapInh', 'CapAmb'])
          expect(BigInt(`0x${field(set)}`) & dangerous, set).toBe(0n);
      },
    );

    it.each(Object.entries(refusedCalls))('refuses %s', async (_name, call) => {
      const script = `import ctypes, platform\nlibc = ctypes.CDLL(None, use_errno=True)\ncode = ${call}\nprint(code, ctypes.get_errno())`;
      expect((await session.exec('dev', ['python3', '-c', script])).stdout).toBe('-1 1\n');
    });

    it.each(Object.entries(unknownCalls))('does not know %s', async (_name, call) => {
      const script = `import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\ncode = ${call}\nprint(code, ctypes.get_errno())`;
      expect((await session.exec('dev', ['python3', '-c', script])).stdout).toBe('-1 38\n');
    });

    it('refuses mounts and devices also to its root', async () => {
      expect((await session.shell('root', 'mount -t tmpfs none /tmp')).code).not.toBe(0);
      expect((await session.shell('root', 'mknod /tmp/memory c 1 1')).code).not.toBe(0);
      expect(await session.ask('root', 'ls /dev/mem /dev/kmsg /dev/sda /dev/vda 2>/dev/null | wc -l')).toBe('0');
    });

    it('shows /proc/sys read-only', async () => {
      const { code, stderr } = await session.shell('root', 'echo other > /proc/sys/kernel/hostname');
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/read-only/i);
    });

    it('hides processes of other containers and of the machine', async () => {
      expect(Number(await session.ask('dev', 'ls -d /proc/[0-9]* | wc -l'))).toBeLessThan(8);
      expect(await session.ask('dev', 'hostname')).toBe('isolation');
    });

    it('does not let one container’s writes reach another of the same image', async () => {
      await session.ask('dev', 'echo mine > /var/tmp/mine');
      expect(await session.ask('twin', 'ls /var/tmp')).toBe('');
      await session.ask('root', 'echo changed > /etc/debian_version && rm /etc/motd');
      const other = await bench.start('other', devfile);
      expect(await other.ask('root', 'cat /etc/debian_version; ls /etc/motd')).toMatch(/^12\.\d+\n\/etc\/motd$/);
    });

    it('gives new volumes to the container’s user', async () => {
      expect(
        await session.ask(
          'dev',
          'stat -c %u:%g /data /home/user/.cache; touch /data/x /home/user/.cache/x && echo written',
        ),
      ).toBe(`${projectUser()}:0\n${projectUser()}:0\nwritten`);
      expect(await session.ask('root', 'stat -c %u:%g /shared')).toBe('0:0');
    });

    it('makes project files belong to the container’s user inside and to the project’s owner outside', async () => {
      expect(
        await session.ask(
          'dev',
          'echo hello > /projects/made && mkdir /projects/folder && stat -c %u /projects /projects/made',
        ),
      ).toBe(`${projectUser()}\n${projectUser()}`);
      const owner = statSync(session.folder);
      for (const name of ['made', 'folder']) {
        const { uid, gid } = statSync(join(session.folder, name));
        const group = openRuntime.engine === undefined ? owner.gid : 0;
        expect({ uid, gid }).toEqual({ uid: owner.uid, gid: group });
      }
    });

    it('says what it goes without, to people too', async ({ task }) => {
      const lacks = await session.runtime.listLacks();
      const { engine } = openRuntime;
      task.meta.runtime = { lacks, ...(engine === undefined ? {} : { version: await engine.readVersion() }) };
      if (engine === undefined) return expect(lacks).not.toContain('own-root');
      const { stdout } = await bench.home.run(['doctor']);
      for (const lack of lacks) expect(stdout).toContain(lackTexts[lack]);
    });

    it('makes its root a nobody outside, or says that it is none', async () => {
      const lacks = await session.runtime.listLacks();
      await session.ask('root', 'touch /shared/by-root && chmod 4755 /shared/by-root');
      // The machine's own number of the root inside (user_namespaces(7)).
      const [, outside] = (await session.ask('root', 'cat /proc/self/uid_map')).split(/\s+/).map(Number);
      if (lacks.includes('own-root')) expect(outside).toBe(0);
      else expect(outside).toBeGreaterThan(999);
      if (openRuntime.engine !== undefined) return;
      const file = join(session.workspace.paths.volume('shared'), 'data', 'by-root');
      expect(statSync(file).uid).toBeGreaterThan(65_535);
    });

    it('ends a process that takes more than the container’s memory, and only it', async () => {
      const take = 'import sys\nblock = bytearray(400 * 2**20)\nprint(len(block))';
      const limited = await bench.start('limited', devfileOf(tools('dev', 'memoryLimit: 64Mi')));
      const { code, stdout } = await limited.exec('dev', ['python3', '-c', take]);
      expect(stdout).toBe('');
      const hasGroups = openRuntime.engine !== undefined || hasControlGroups(limited.workspace.id);
      expect(code).toBe(hasGroups ? 137 : 1);
      expect((await limited.runtime.observe()).containers['dev']).toMatchObject({ state: 'running', restarts: 0 });
      expect((await limited.exec('dev', ['python3', '-c', 'print(1)'])).stdout).toBe('1\n');
    });
  });
}

function hasControlGroups(workspace: string): boolean {
  const root = '/sys/fs/cgroup';
  const places = [root, ...(existsSync(root) ? readdirSync(root).map((name) => join(root, name)) : [])];
  const names = ['devstead', `devstead-${process.getuid?.() ?? 0}`];
  return places.some((place) => names.some((name) => existsSync(join(place, name, workspace))));
}
