import { describe, expect, it } from 'vitest';
import { chooseCapabilities, usualCapabilities } from './capabilities.ts';

describe('capabilities of a service', () => {
  it('are the usual ones when nothing is asked', () => {
    expect(chooseCapabilities([], [])).toBeUndefined();
  });

  it.each([
    [['NET_RAW'], [], [...usualCapabilities, 'CAP_NET_RAW']],
    [[], ['CAP_CHOWN', 'kill'], usualCapabilities.filter((one) => one !== 'CAP_CHOWN' && one !== 'CAP_KILL')],
    [[], ['ALL'], []],
    [['net_bind_service'], ['ALL'], ['CAP_NET_BIND_SERVICE']],
    // What reaches the machine is never granted.
    [['SYS_ADMIN', 'SYS_MODULE', 'BPF'], ['ALL'], []],
  ])('with %j added and %j dropped', (add, drop, expected) => {
    expect(chooseCapabilities(add, drop)?.toSorted()).toEqual(expected.toSorted());
  });

  it('of everything do not reach the machine', () => {
    const all = chooseCapabilities(['ALL'], ['CHOWN']) ?? [];
    expect(all).toEqual(expect.arrayContaining(['CAP_NET_ADMIN', 'CAP_KILL']));
    expect(all.some((one) => /SYS_ADMIN|SYS_MODULE|SYS_RAWIO|SYS_BOOT|BPF|SYS_TIME|CHOWN/.test(one))).toBe(false);
  });
});
