import { compileFilter, errnoAnswer, letThrough } from './seccomp-filter.ts';
import { callNumbers } from './seccomp-numbers-table.ts';
import { allowedCalls, namesOf, refusedCalls } from './seccomp-table.ts';

/** Flags of clone(2) that make namespaces: new ones are refused, threads and processes are not. */
const newNamespaces = 0x7e_02_00_00;
/** The family of sockets that speak with the host of a virtual machine (vsock(7)). */
const vsock = 40;

const eperm = 1;
const enosys = 38;

/** In whose numbers a processor's own programs, and the 32-bit ones it runs as well, make their calls. */
interface Architecture {
  /** Column of the table of numbers. */
  readonly column: number;
  /** As filters see it (Linux, include/uapi/linux/audit.h). */
  readonly audit: number;
  readonly oci: string;
}

const architectures: Readonly<Record<string, readonly [Architecture, Architecture]>> = {
  x64: [
    { column: 1, audit: 0xc000_003e, oci: 'SCMP_ARCH_X86_64' },
    { column: 2, audit: 0x4000_0003, oci: 'SCMP_ARCH_X86' },
  ],
  arm64: [
    { column: 3, audit: 0xc000_00b7, oci: 'SCMP_ARCH_AARCH64' },
    { column: 4, audit: 0x4000_0028, oci: 'SCMP_ARCH_ARM' },
  ],
};

/** As the OCI runtime specification has it. */
interface SeccompProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly object[];
}

/**
 * The seccomp section of the OCI configuration (runtime-spec, config-linux, "Seccomp"): an allow list. Calls that are
 * known and refused answer EPERM. All others, which are newer than the list, obsolete, or hide their arguments from
 * filters as clone3 does, answer ENOSYS: the C library and other programs then take the older way, as they do on an
 * older kernel. Also numbers of 32-bit programs are judged; those of x32 all answer ENOSYS.
 */
export function seccompProfile(processor: string = process.arch): SeccompProfile {
  const refuse = { action: 'SCMP_ACT_ERRNO', errnoRet: eperm };
  const allow = { action: 'SCMP_ACT_ALLOW' };
  const flag = (value: number, valueTwo: number): object[] => [{ index: 0, value, valueTwo, op: 'SCMP_CMP_MASKED_EQ' }];
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: enosys,
    architectures: findArchitectures(processor).map(({ oci }) => oci),
    syscalls: [
      { names: namesOf(allowedCalls), ...allow },
      { names: namesOf(refusedCalls), ...refuse },
      { names: ['clone'], ...allow, args: flag(newNamespaces, 0) },
      ...bitsOf(newNamespaces).map((bit) => ({ names: ['clone'], ...refuse, args: flag(bit, bit) })),
      { names: ['socket'], ...allow, args: [{ index: 0, value: vsock, valueTwo: 0, op: 'SCMP_CMP_NE' }] },
      { names: ['socket'], ...refuse, args: [{ index: 0, value: vsock, valueTwo: 0, op: 'SCMP_CMP_EQ' }] },
    ],
  };
}

/**
 * The same for container engines. Docker before 23 leaves `defaultErrnoRet` out of account and answers EPERM, which the C
 * library takes for an end and not for an older kernel: the one call that it tries first is named.
 */
export function engineSeccompProfile(): object {
  const { syscalls, ...profile } = seccompProfile();
  return { ...profile, syscalls: [...syscalls, { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: enosys }] };
}

/**
 * The same as a program for the kernel (seccomp(2), SECCOMP_SET_MODE_FILTER), base64. crun takes it as it is; to make one
 * from the section takes it longer than all else of a container's start.
 */
export function compileProfile(processor: string): string {
  const judged = findArchitectures(processor).map(({ audit, column }) => ({ audit, calls: readCalls(column) }));
  return compileFilter(judged, errnoAnswer(enosys)).toString('base64');
}

function readCalls(column: number): Parameters<typeof compileFilter>[0][number]['calls'] {
  const answers = new Map<string, number>([
    ...namesOf(allowedCalls).map((name) => [name, letThrough] as const),
    ...namesOf(refusedCalls).map((name) => [name, errnoAnswer(eperm)] as const),
  ]);
  return callNumbers
    .trim()
    .split('\n')
    .map((row) => row.split(' '))
    .filter((fields) => fields[column] !== '-')
    .map((fields) => {
      const name = fields[0] ?? '';
      const number = Number(fields[column]);
      if (name === 'clone') return { number, test: 'bits', value: newNamespaces, hit: errnoAnswer(eperm) };
      if (name === 'socket') return { number, test: 'equal', value: vsock, hit: errnoAnswer(eperm) };
      return { number, answer: answers.get(name) ?? errnoAnswer(enosys) };
    });
}

function bitsOf(value: number): number[] {
  return Array.from({ length: 31 }, (_, bit) => 2 ** bit).filter((flag) => (value & flag) !== 0);
}

function findArchitectures(processor: string): readonly Architecture[] {
  return architectures[processor] ?? [];
}
