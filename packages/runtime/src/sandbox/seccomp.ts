/**
 * System calls that no development tool needs and that have been the way out of containers: the kernel's keys, modules,
 * tracing and clocks, new namespaces and mounts, raw access to files and devices. They answer EPERM.
 */
const refused = {
  kernel: [
    'acct',
    'bpf',
    'delete_module',
    'finit_module',
    'init_module',
    'kexec_file_load',
    'kexec_load',
    'lookup_dcookie',
    'nfsservctl',
    'perf_event_open',
    'query_module',
    'quotactl',
    'quotactl_fd',
    'reboot',
    'swapoff',
    'swapon',
    'syslog',
    'uselib',
    'userfaultfd',
    'vhangup',
    'create_module',
    'get_kernel_syms',
    '_sysctl',
    'sysfs',
    'ustat',
  ],
  keys: ['add_key', 'keyctl', 'request_key'],
  time: ['adjtimex', 'clock_adjtime', 'clock_adjtime64', 'clock_settime', 'clock_settime64', 'settimeofday', 'stime'],
  mounts: [
    'fsconfig',
    'fsmount',
    'fsopen',
    'fspick',
    'mount',
    'mount_setattr',
    'move_mount',
    'name_to_handle_at',
    'open_by_handle_at',
    'open_tree',
    'pivot_root',
    'umount',
    'umount2',
  ],
  namespaces: ['setns', 'unshare', 'setdomainname', 'sethostname'],
  memory: ['get_mempolicy', 'mbind', 'migrate_pages', 'move_pages', 'set_mempolicy'],
  devices: ['ioperm', 'iopl', 'vm86', 'vm86old'],
  rings: ['io_uring_enter', 'io_uring_register', 'io_uring_setup'],
} as const;

/** Flags of clone(2) that make namespaces: new ones are refused, threads and processes are not. */
const newNamespaces = 0x7e_02_00_00;

interface SeccompRule {
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

const eperm = 1;
const enosys = 38;

/** The seccomp section of the OCI configuration (runtime-spec, config-linux, "Seccomp"). */
export function seccompProfile(): object {
  const deny = (names: readonly string[]): SeccompRule => ({ names, action: 'SCMP_ACT_ERRNO', errnoRet: eperm });
  const rules: SeccompRule[] = [
    ...Object.values(refused).map(deny),
    // clone3 hides its flags from filters; with ENOSYS the C library falls back to clone, whose flags can be seen.
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: enosys },
    ...namespaceFlags().map((flag) => ({
      names: ['clone'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: eperm,
      args: [{ index: 0, value: flag, valueTwo: flag, op: 'SCMP_CMP_MASKED_EQ' }],
    })),
  ];
  return { defaultAction: 'SCMP_ACT_ALLOW', architectures: architectures(), syscalls: rules };
}

function namespaceFlags(): number[] {
  return Array.from({ length: 31 }, (_, bit) => 2 ** bit).filter((flag) => (newNamespaces & flag) !== 0);
}

/** Also the 32-bit tables of the same processor: a filter without them would let every call of theirs through. */
function architectures(): string[] {
  return process.arch === 'arm64'
    ? ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM']
    : ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'];
}
