/** Networks whose addresses are not the public internet's (IANA's special-purpose registries), as prefix and its bits. */
const networks4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
const networks6 = [
  ['::', 127],
  // Forms that carry an IPv4 address, which they would hide from the rows above.
  ['64:ff9b::', 96],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const;

/**
 * True for an IP address that only this machine or its own networks reach, or where clouds keep secrets for it, and for
 * whatever is no IP address. One of version 4 written as one of version 6 (`::ffff:…`) is taken for what it is.
 */
export function isPrivateAddress(address: string): boolean {
  const four = parse4(address);
  if (four !== undefined) return isIn(four, ranges4);
  const six = parse6(address);
  if (six === undefined) return true;
  return six >> 32n === 0xffffn ? isIn(six & 0xffffffffn, ranges4) : isIn(six, ranges6);
}

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

const ranges4 = networks4.map(([prefix, bits]) => rangeOf(parse4(prefix) ?? 0n, 32 - bits));
const ranges6 = networks6.map(([prefix, bits]) => rangeOf(parse6(prefix) ?? 0n, 128 - bits));

function rangeOf(first: bigint, free: number): Range {
  return { first, last: first + (1n << BigInt(free)) - 1n };
}

function isIn(address: bigint, ranges: readonly Range[]): boolean {
  return ranges.some(({ first, last }) => address >= first && address <= last);
}

/** Four numbers with dots, as connections are made with; undefined for any other spelling. */
function parse4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return;
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
}

/** RFC 4291, 2.2, without a zone. */
function parse6(text: string): bigint | undefined {
  const last = text.slice(text.lastIndexOf(':') + 1);
  const four = last.includes('.') ? parse4(last) : undefined;
  if (last.includes('.') && four === undefined) return undefined;
  const plain =
    four === undefined
      ? text
      : `${text.slice(0, -last.length)}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const [head = '', tail, more] = plain.split('::');
  const groups = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const [before, after] = [groups(head), groups(tail)];
  const missing = 8 - before.length - after.length;
  if (more !== undefined || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...before, ...Array<string>(missing).fill('0'), ...after];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}
