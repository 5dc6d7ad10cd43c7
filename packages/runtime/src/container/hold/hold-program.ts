import { initFolder } from '../../running/init-programs.ts';

/** What a container sees of the folder in which it is held: the program, and the socket while it is to wait. */
export const holdFolder = `${initFolder}/hold`;
export const holdProgram = 'program';
export const holdSocket = 'wait';
/** The first word of a container that begins as it. */
export const holdCommand = `${holdFolder}/${holdProgram}`;

/**
 * What the program does, as a processor is told. It has no dependence but the kernel, so it runs in any image; and it
 * becomes what it is given as words, with the same number, variables and files, so nothing of it is left:
 *
 *     fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)
 *     said = connect(fd, place, 110)
 *     if (said == -ENOENT || (said == 0 && read(fd, stack, 1) == 1)) execve(argv[1], argv + 1, envp)
 *     exit_group(143)
 */
const code: Readonly<Record<string, { readonly machine: number; readonly words: readonly string[] }>> = {
  x64: {
    machine: 62,
    words: [
      'b829000000 bf01000000 be01000800 31d2 0f05', // socket
      '85c0 784f 89c3', // mov ebx, eax, unless it is negative
      '89c7 488d3550000000 ba6e000000 b82a000000 0f05', // connect
      '83f8fe 7419 85c0 782f', // -ENOENT: go on; another error: end
      '89df 50 4889e6 ba01000000 31c0 0f05 59', // read
      '83f801 751a',
      '488b0424 488b7c2410 488d742410 488d54c410 b83b000000 0f05', // execve
      'bf8f000000 b8e7000000 0f05', // exit_group
    ],
  },
  arm64: {
    machine: 183,
    words: [
      '200080d2 21008052 0101a072 020080d2 c81880d2 010000d4', // socket
      '0003f8b7 f30300aa', // mov x19, x0, unless it is negative
      '21030010 c20d80d2 681980d2 010000d4', // connect
      '1f0800b1 60010054 0002f8b7', // -ENOENT: go on; another error: end
      'e00313aa ff4300d1 e1030091 220080d2 e80780d2 010000d4 ff430091', // read
      '1f0400f1 e1000054',
      'e30340f9 e00b40f9 e1430091 220c038b a81b80d2 010000d4', // execve
      'e01180d2 c80b80d2 010000d4', // exit_group
    ],
  },
};

const fileHeadBytes = 64;
const segmentHeadBytes = 56;
const loadedAt = 0x400000;
/** sizeof (struct sockaddr_un) */
const placeBytes = 110;

/**
 * The program that a held container begins as: it waits until it is told to go on at a socket (`place`, a path in the
 * container), then becomes the program whose path and words it was given. Where there is no such socket it does so at
 * once; when whoever has it is gone, it ends. One segment of an ELF file (elf(5)) for a processor as Node.js names it;
 * undefined for others.
 */
export function buildHoldProgram(processor: string, place: string = `${holdFolder}/${holdSocket}`): Buffer | undefined {
  const found = code[processor];
  if (found === undefined) return undefined;
  const instructions = Buffer.from(found.words.join('').replaceAll(' ', ''), 'hex');
  // The address follows the code, which expects it there: its family (AF_UNIX), then the path.
  const address = Buffer.alloc(placeBytes);
  address.writeUInt16LE(1, 0);
  address.write(place, 2, placeBytes - 3);
  const bodyAt = fileHeadBytes + segmentHeadBytes;
  const size = bodyAt + instructions.length + placeBytes;
  const head = Buffer.alloc(bodyAt);
  head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  head.writeUInt16LE(2, 16); // an executable
  head.writeUInt16LE(found.machine, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(loadedAt + bodyAt), 24); // where it begins
  head.writeBigUInt64LE(BigInt(fileHeadBytes), 32);
  head.writeUInt16LE(fileHeadBytes, 52);
  head.writeUInt16LE(segmentHeadBytes, 54);
  head.writeUInt16LE(1, 56); // one segment
  head.writeUInt32LE(1, fileHeadBytes); // to load,
  head.writeUInt32LE(5, fileHeadBytes + 4); // to read and to execute
  head.writeBigUInt64LE(BigInt(loadedAt), fileHeadBytes + 16);
  head.writeBigUInt64LE(BigInt(loadedAt), fileHeadBytes + 24);
  head.writeBigUInt64LE(BigInt(size), fileHeadBytes + 32);
  head.writeBigUInt64LE(BigInt(size), fileHeadBytes + 40);
  head.writeBigUInt64LE(0x10000n, fileHeadBytes + 48); // pages of up to 64 KiB
  return Buffer.concat([head, instructions, address]);
}
