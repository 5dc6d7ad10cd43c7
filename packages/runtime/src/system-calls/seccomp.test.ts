import { describe, expect, it } from 'vitest';
import { compileProfile, seccompProfile } from './seccomp.ts';
import { callNumbers } from './seccomp-numbers-table.ts';
import { seccompPrograms } from './seccomp-programs.generated.ts';
import { allowedCalls, namesOf, refusedCalls } from './seccomp-table.ts';

const allow = 0x7fff_0000;
const eperm = 0x0005_0001;
const enosys = 0x0005_0026;

/** Audit number of each column of the table of numbers; the processor that runs it. */
const columns = [
  { name: 'x86-64', column: 1, audit: 0xc000_003e, processor: 'x64' },
  { name: '32-bit x86', column: 2, audit: 0x4000_0003, processor: 'x64' },
  { name: 'arm64', column: 3, audit: 0xc000_00b7, processor: 'arm64' },
  { name: '32-bit arm', column: 4, audit: 0x4000_0028, processor: 'arm64' },
] as const;

const rows = callNumbers
  .trim()
  .split('\n')
  .map((row) => row.split(' '));

const programs = new Map(['x64', 'arm64'].map((name) => [name, Buffer.from(compileProfile(name), 'base64')]));

/** Carries a program out as the kernel does (Linux, kernel/seccomp.c); its answer. */
function ask(processor: string, audit: number, call: number, argument = 0): number {
  const program = programs.get(processor) ?? Buffer.alloc(0);
  const data: Readonly<Record<number, number>> = { 0: call >>> 0, 4: audit, 16: argument >>> 0 };
  let loaded = 0;
  for (let at = 0; at < program.length / 8; at += 1) {
    const constant = program.readUInt32LE(8 * at + 4);
    const choose = (isSo: boolean): number => program.readUInt8(8 * at + (isSo ? 2 : 3));
    switch (program.readUInt16LE(8 * at)) {
      case 0x20:
        loaded = data[constant] ?? Number.NaN;
        break;
      case 0x15:
        at += choose(loaded === constant);
        break;
      case 0x35:
        at += choose(loaded >= constant);
        break;
      case 0x45:
        at += choose((BigInt(loaded) & BigInt(constant)) !== 0n);
        break;
      case 0x05:
        at += constant;
        break;
      case 0x06:
        return constant;
      default:
        throw new Error(`instruction ${at} is not known`);
    }
  }
  throw new Error('the program has no end');
}

function numberOf(name: string, column: number): number {
  return Number(rows.find((row) => row[0] === name)?.[column]);
}

/** Linux, include/uapi/linux/sched.h. */
const cloneFlags = {
  CLONE_VM: 0x100,
  CLONE_FS: 0x200,
  CLONE_FILES: 0x400,
  CLONE_SIGHAND: 0x800,
  CLONE_PIDFD: 0x1000,
  CLONE_PTRACE: 0x2000,
  CLONE_VFORK: 0x4000,
  CLONE_PARENT: 0x8000,
  CLONE_THREAD: 0x1_0000,
  CLONE_NEWNS: 0x2_0000,
  CLONE_SYSVSEM: 0x4_0000,
  CLONE_SETTLS: 0x8_0000,
  CLONE_PARENT_SETTID: 0x10_0000,
  CLONE_CHILD_CLEARTID: 0x20_0000,
  CLONE_DETACHED: 0x40_0000,
  CLONE_UNTRACED: 0x80_0000,
  CLONE_CHILD_SETTID: 0x100_0000,
  CLONE_NEWCGROUP: 0x200_0000,
  CLONE_NEWUTS: 0x400_0000,
  CLONE_NEWIPC: 0x800_0000,
  CLONE_NEWUSER: 0x1000_0000,
  CLONE_NEWPID: 0x2000_0000,
  CLONE_NEWNET: 0x4000_0000,
} as const;

describe('the table of system calls', () => {
  const judged = [...namesOf(allowedCalls), ...namesOf(refusedCalls)];

  it('has numbers for all that the lists name, each once', () => {
    const named = new Set(rows.map(([name = '']) => name));
    expect(judged.filter((name) => !named.has(name))).toEqual([]);
    expect(judged.length).toBe(new Set(judged).size);
    expect([...named].filter((name) => !judged.includes(name)).sort()).toEqual(['clone', 'socket']);
  });

  it.each(columns)('has no number of $name twice', ({ column }) => {
    const numbers = rows.map((row) => row[column]).filter((number) => number !== '-');
    expect(numbers.length).toBeGreaterThan(300);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe.each(columns)('the filter for $name', ({ column, audit, processor }) => {
  it('answers every number as the lists say, and all others as calls that do not exist', () => {
    const allowed = new Set(namesOf(allowedCalls));
    const expected = new Map<number, number>(
      rows
        .filter((row) => row[column] !== '-')
        .map((row) => [
          Number(row[column]),
          ['clone', 'socket'].includes(row[0] ?? '') || allowed.has(row[0] ?? '') ? allow : eperm,
        ]),
    );
    const numbers = [...Array.from({ length: 700 }, (_, number) => number), ...expected.keys()];
    const beyond = [0x4000_0000, 0x4000_0001, 0x7fff_ffff, 0xffff_ffff];
    const wrong = [...numbers, ...beyond].filter(
      (number) => ask(processor, audit, number) !== (expected.get(number) ?? enosys),
    );
    expect(wrong).toEqual([]);
  });

  it('sends clone3 back to clone, whose flags can be seen', () => {
    expect(ask(processor, audit, 435)).toBe(enosys);
  });

  it.each(Object.entries(cloneFlags))('answers clone with %s as it should', (name, flag) => {
    const answer = name.startsWith('CLONE_NEW') ? eperm : allow;
    const sigchld = 17;
    const call = numberOf('clone', column);
    expect(ask(processor, audit, call, flag)).toBe(answer);
    expect(ask(processor, audit, call, flag | cloneFlags.CLONE_VM | cloneFlags.CLONE_SETTLS | sigchld)).toBe(answer);
  });

  it('lets threads and processes be made', () => {
    // pthread_create and fork of the GNU C library.
    expect(ask(processor, audit, numberOf('clone', column), 0x3d_0f00)).toBe(allow);
    expect(ask(processor, audit, numberOf('clone', column), 0x120_0011)).toBe(allow);
  });

  it('lets sockets be made, but none to the host of a virtual machine', () => {
    const call = numberOf('socket', column);
    for (const family of [1, 2, 10, 16, 17]) expect(ask(processor, audit, call, family)).toBe(allow);
    expect(ask(processor, audit, call, 40)).toBe(eperm);
  });
});

describe('the seccomp profile', () => {
  it('refuses the known ways out of a container', () => {
    const known =
      'mount umount2 pivot_root unshare setns bpf keyctl add_key init_module kexec_load open_by_handle_at ' +
      'userfaultfd perf_event_open io_uring_setup reboot fsopen move_mount';
    const refused = known.split(' ').map((name) => ask('x64', 0xc000_003e, numberOf(name, 1)));
    expect(refused.every((answer) => answer === eperm)).toBe(true);
  });

  it('leaves development tools what they need', () => {
    const needed = 'clone fork execve ptrace chroot inotify_init1 memfd_create socket personality rseq statx openat2';
    const answers = needed.split(' ').map((name) => ask('x64', 0xc000_003e, numberOf(name, 1)));
    expect(answers.every((answer) => answer === allow)).toBe(true);
  });

  it('answers calls of a processor that is not this one as calls that do not exist', () => {
    expect(ask('x64', 0xc000_00b7, 0)).toBe(enosys);
    expect(ask('arm64', 0xc000_003e, 0)).toBe(enosys);
  });

  it.each(['x64', 'arm64'])('of %s is an allow list in its long form too, for both tables of the processor', (name) => {
    const profile = seccompProfile(name) as {
      readonly architectures: readonly string[];
      readonly syscalls: readonly { readonly names: readonly string[]; readonly action: string }[];
    };
    expect(profile).toMatchObject({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 38 });
    expect(profile.architectures.length).toBe(2);
    expect(profile.syscalls).toContainEqual({ names: namesOf(allowedCalls), action: 'SCMP_ACT_ALLOW' });
    expect(profile.syscalls).toContainEqual({ names: namesOf(refusedCalls), action: 'SCMP_ACT_ERRNO', errnoRet: 1 });
  });

  it('is what containers are started with', () => {
    expect(seccompPrograms['x64']).toBe(compileProfile('x64'));
    expect(seccompPrograms['arm64']).toBe(compileProfile('arm64'));
  });
});
