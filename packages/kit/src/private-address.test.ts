import { isIPv4, isIPv6 } from 'node:net';
import { assert, constantFrom, integer, property, tuple, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from './private-address.ts';

describe('isPrivateAddress', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.53',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    'fe80::1',
    'FE80::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '0:0:0:0:0:ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2001::1',
    '2002:a00:1::',
  ])('is true for %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '11.0.0.0', '172.32.0.1', '203.0.113.80', '2606:4700::1111', '2001:1::1', '::ffff:8.8.8.8'])(
    'is false for %s',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );

  it.each([
    '',
    'nonsense',
    '8.8.8',
    '8.8.8.08',
    '8.8.8.256',
    '8.8.8.8.8',
    ' 8.8.8.8',
    '2606:4700:::1',
    '2606::1::1',
    '2606:47000::1',
    '2606:4700::1%eth0',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '2606::8.8.8',
  ])('is true for %j, which is no address', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it('reads addresses as Node.js does, in every spelling of theirs', () => {
    const groups = tuple(...Array.from({ length: 8 }, () => integer({ min: 0, max: 0xffff })));
    const spelling = constantFrom('full', 'short', 'zeros', 'mixed');
    assert(
      property(groups, spelling, uint8Array({ minLength: 4, maxLength: 4 }), (numbers, how, bytes) => {
        const four = bytes.join('.');
        const six = spell(numbers, how, four);
        expect(isIPv4(four)).toBe(true);
        expect(isIPv6(six)).toBe(true);
        // Both spellings of one address are judged alike, and one of version 4 as itself.
        expect(isPrivateAddress(`::ffff:${four}`)).toBe(isPrivateAddress(four));
        const canonical = new URL(`http://[${six}]/`).hostname.slice(1, -1);
        expect(isPrivateAddress(six)).toBe(isPrivateAddress(canonical));
      }),
    );
  });
});

/** One address of version 6, written in another way. */
function spell(numbers: readonly number[], how: string, four: string): string {
  const hex = numbers.map((number) => number.toString(16));
  if (how === 'full') return hex.map((group) => group.padStart(4, '0')).join(':');
  if (how === 'short') return `${hex[0]}::${hex[7]}`;
  if (how === 'zeros') return `::${hex.slice(3).join(':')}`;
  return `${hex.slice(0, 6).join(':')}:${four}`;
}
