import { describe, expect, it } from 'vitest';
import { applyBooleanDefaults, hasMountedSources } from './defaults.ts';
import type { Devfile } from './types.ts';

const devfile: Devfile = {
  schemaVersion: '2.0.0',
  components: [
    { name: 'v', volume: {} },
    { name: 'k', kubernetes: { inlined: 'a' } },
  ],
  commands: [{ id: 'a', apply: { component: 'k', group: { kind: 'run' } } }],
};

describe('boolean defaults', () => {
  it.each([
    [{}, true],
    [{ dedicatedPod: true }, false],
    [{ dedicatedPod: true, mountSources: true }, true],
    [{ mountSources: false }, false],
  ])('takes %j for sources mounted: %s', (container, expected) => {
    expect(hasMountedSources({ image: 'i', ...container })).toBe(expected);
  });

  it('fills in only what the version knows', () => {
    const fill = (schemaVersion: string) => applyBooleanDefaults({ ...devfile, schemaVersion }).components;
    expect(fill('2.0.0')).toEqual(devfile.components);
    expect(fill('2.1.0')).toMatchObject([{ volume: { ephemeral: false } }, { kubernetes: { inlined: 'a' } }]);
    expect(fill('2.1.0')?.[1]?.kubernetes).not.toHaveProperty('deployByDefault');
    expect(fill('2.2.0')?.[1]?.kubernetes).toEqual({ inlined: 'a', deployByDefault: false });
    expect(applyBooleanDefaults(devfile).commands?.[0]?.apply?.group?.isDefault).toBe(false);
    expect(devfile.commands?.[0]?.apply?.group).toEqual({ kind: 'run' });
  });
});
