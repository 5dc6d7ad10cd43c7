import { describe, expect, it } from 'vitest';
import type { IndexRecord } from '../indexes/index-config.ts';
import { isShielded } from './shield.ts';

function makeStage(whitelist: readonly string[], inheritance: 'intersection' | 'union' = 'intersection'): IndexRecord {
  return {
    user: 'root',
    name: 'x',
    path: 'root/x',
    config: {
      type: 'stage',
      volatile: true,
      bases: [],
      acl_upload: [],
      acl_toxresult_upload: [],
      mirror_whitelist: whitelist,
      mirror_whitelist_inheritance: inheritance,
    },
  };
}

const has = (index: IndexRecord) => ({ index, hasProject: true });
const lacks = (index: IndexRecord) => ({ index, hasProject: false });

describe('isShielded', () => {
  it.each([
    ['nothing private', [lacks(makeStage([]))], false],
    ['private, no whitelist', [has(makeStage([]))], true],
    ['private at the base', [lacks(makeStage([])), has(makeStage([]))], true],
    ['private two levels down', [lacks(makeStage([])), lacks(makeStage([])), has(makeStage([]))], true],
    ['whitelisted', [has(makeStage(['shadow']))], false],
    ['all whitelisted', [has(makeStage(['*']))], false],
    ['another whitelisted', [has(makeStage(['other']))], true],
    ['whitelisted at the base alone', [lacks(makeStage([])), has(makeStage(['shadow']))], true],
    ['all whitelisted at the base alone', [lacks(makeStage([])), has(makeStage(['*']))], true],
    ['whitelisted at the base, union', [lacks(makeStage([], 'union')), has(makeStage(['shadow']))], false],
    ['union of the base alone', [lacks(makeStage([])), has(makeStage(['shadow'], 'union'))], true],
    ['whitelisted on the way, then no more', [lacks(makeStage(['shadow'])), has(makeStage([]))], false],
    ['private below, whitelisted by both', [has(makeStage(['shadow', 'x'])), has(makeStage(['shadow']))], false],
  ])('%s: %s', (_, walked, expected) => {
    expect(isShielded(walked, 'shadow')).toBe(expected);
  });
});
