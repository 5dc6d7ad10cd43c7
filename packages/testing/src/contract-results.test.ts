import { readFileSync } from 'node:fs';
import { lackTexts } from '@devstead/runtime';
import { describe, expect, it } from 'vitest';
import { listTests } from './contract-as-user.ts';

const results = JSON.parse(readFileSync(new URL('../contract-results.generated.json', import.meta.url), 'utf8')) as {
  readonly runtimes: Readonly<Record<string, { readonly lacks: readonly string[] }>>;
  readonly groups: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
};

describe('the results of the contract that are kept', () => {
  it('are of the tests that there are; else `node scripts/record-contract.mjs --incomplete` and `npm run generate`', () => {
    const kept = Object.entries(results.groups).flatMap(([group, tests]) =>
      Object.keys(tests).map((name) => `${group} > ${name}`),
    );
    const there = listTests('packages/testing/scenarios/sandbox-contract.scenario.ts');
    expect(kept.toSorted()).toEqual(there.map((name) => name.replace(/^.*? > /, '')).toSorted());
  }, 60_000);

  it('have words that are known', () => {
    const words = Object.values(results.runtimes).flatMap(({ lacks }) => lacks);
    expect(words.filter((word) => !(word in lackTexts))).toEqual([]);
  });
});
