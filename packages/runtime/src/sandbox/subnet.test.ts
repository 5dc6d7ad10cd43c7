import { describe, expect, it } from 'vitest';
import { defaultSubnet, describeSubnet, freeAddress, meetingPlace } from './subnet.ts';

describe('a subnet', () => {
  it.each([
    ['10.89.3.0/24', '255.255.255.0', '10.89.3.1', '10.89.3.2', 253],
    ['172.28.0.0/16', '255.255.0.0', '172.28.0.1', '172.28.0.2', 65_533],
    // Written with an address of a host.
    ['192.168.7.77/29', '255.255.255.248', '192.168.7.73', '192.168.7.74', 5],
  ])('%s has a bridge and addresses', (cidr, netmask, bridgeAddress, first, count) => {
    const subnet = describeSubnet(cidr, 'devstead1');
    expect(subnet).toMatchObject({ bridge: 'devstead1', netmask, bridgeAddress });
    expect(freeAddress(subnet, new Set())).toBe(first);
    expect(subnet.last - subnet.first + 1).toBe(count);
  });

  it.each(['', '10.0.0.0', '10.0.0.0/30', '10.0.0.0/4', '300.0.0.0/24', 'fd00::/64', '10.0.0.0/x'])(
    'cannot be %j',
    (cidr) => {
      expect(() => describeSubnet(cidr, 'b')).toThrowError(expect.objectContaining({ code: 'MACHINE_LACKS' }));
    },
  );

  it('gives each address once, until none is left', () => {
    const subnet = describeSubnet('10.0.0.0/29', 'b');
    const taken = new Set<string>();
    for (let count = 0; count < 5; count += 1) taken.add(freeAddress(subnet, taken));
    expect([...taken]).toEqual(['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6']);
    expect(() => freeAddress(subnet, taken)).toThrowError(expect.objectContaining({ code: 'MACHINE_LACKS' }));
  });

  it('of the meeting place begins where slirp4netns ends', () => {
    expect(freeAddress(meetingPlace, new Set())).toBe('10.0.2.130');
    expect(defaultSubnet(4)).toBe('10.89.4.0/24');
  });
});
