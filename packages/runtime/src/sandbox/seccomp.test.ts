import { describe, expect, it } from 'vitest';
import { seccompProfile } from './seccomp.ts';
import { systemCallNames } from './system-calls-table.fixture.ts';

interface Rule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly {
    readonly index: number;
    readonly value: number;
    readonly valueTwo: number;
    readonly op: string;
  }[];
}
const profile = seccompProfile() as {
  readonly defaultAction: string;
  readonly architectures: readonly string[];
  readonly syscalls: readonly Rule[];
};
const refused = profile.syscalls.filter((rule) => rule.args === undefined);

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

/** What the filter answers to clone(2) with these flags: an error number, or undefined when it lets it through. */
function cloneAnswer(flags: number): number | undefined {
  const rule = profile.syscalls.find(({ names, args }) => {
    return names.includes('clone') && (args ?? []).every(({ value, valueTwo }) => (flags & value) === valueTwo);
  });
  return rule?.errnoRet;
}

describe('the seccomp profile', () => {
  it('names only system calls that exist, each once', () => {
    const names = refused.flatMap((rule) => rule.names);
    expect(names.filter((name) => !systemCallNames.includes(name))).toEqual([]);
    expect(names.length).toBe(new Set(names).size);
  });

  it('allows what it does not name', () => {
    expect(profile.defaultAction).toBe('SCMP_ACT_ALLOW');
    expect(profile.syscalls.every(({ action }) => action === 'SCMP_ACT_ERRNO')).toBe(true);
  });

  it('refuses the known ways out of a container', () => {
    const eperm = refused.filter(({ errnoRet }) => errnoRet === 1).flatMap(({ names }) => names);
    expect(eperm).toEqual(
      expect.arrayContaining(
        [
          'mount',
          'umount2',
          'pivot_root',
          'unshare',
          'setns',
          'bpf',
          'keyctl',
          'add_key',
          'init_module',
          'kexec_load',
        ].concat([
          'open_by_handle_at',
          'userfaultfd',
          'perf_event_open',
          'io_uring_setup',
          'reboot',
          'fsopen',
          'move_mount',
        ]),
      ),
    );
  });

  it('leaves development tools what they need', () => {
    const names = new Set(refused.flatMap((rule) => rule.names));
    const needed = [
      'clone',
      'fork',
      'execve',
      'ptrace',
      'chroot',
      'inotify_init1',
      'memfd_create',
      'socket',
      'personality',
    ];
    expect(needed.filter((name) => names.has(name))).toEqual([]);
  });

  it.each(Object.entries(cloneFlags))('answers clone with %s as it should', (name, flag) => {
    const answer = name.startsWith('CLONE_NEW') ? 1 : undefined;
    const sigchld = 17;
    expect(cloneAnswer(flag)).toBe(answer);
    expect(cloneAnswer(flag | cloneFlags.CLONE_VM | cloneFlags.CLONE_SETTLS | sigchld)).toBe(answer);
  });

  it('lets threads and processes be made', () => {
    // pthread_create and fork of the GNU C library.
    expect(cloneAnswer(0x3d_0f00)).toBeUndefined();
    expect(cloneAnswer(0x120_0011)).toBeUndefined();
  });

  it('sends clone3 back to clone, whose flags can be seen', () => {
    expect(refused.filter(({ names }) => names.includes('clone3'))).toEqual([
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
    ]);
  });

  it('compares masks as the kernel does', () => {
    for (const rule of profile.syscalls.filter(({ args }) => args !== undefined)) {
      expect(rule.args).toEqual([expect.objectContaining({ index: 0, op: 'SCMP_CMP_MASKED_EQ' })]);
      expect(rule.args?.[0]?.value).toBeGreaterThan(0);
    }
  });

  it('holds for the 32-bit tables of the processor as well', () => {
    expect(profile.architectures.length).toBeGreaterThan(1);
  });
});
