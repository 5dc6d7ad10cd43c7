import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listTests, type RemoteResult, runTestsAsUser } from '../src/contract-as-user.ts';
import { explainNoUser, ThrowAwayUser } from '../src/throw-away-user.ts';

const file = 'packages/testing/scenarios/sandbox-contract.scenario.ts';
const reason = explainNoUser();
const names = reason === undefined ? listTests(file) : ['the whole suite'];

describe.skipIf(reason !== undefined)(`as a normal user${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let user: ThrowAwayUser;
  let results: ReadonlyMap<string, RemoteResult>;

  beforeAll(async () => {
    user = new ThrowAwayUser();
    results = await runTestsAsUser(user, file);
  });
  afterAll(async () => {
    await user.remove();
  });

  it.each(names)('%s', (name) => {
    const key = name.replaceAll(' > ', ' ');
    expect(results.get(key)).toEqual({ status: 'passed', messages: [] });
  });

  it('is all there is', () => {
    expect([...results.keys()].sort()).toEqual(names.map((name) => name.replaceAll(' > ', ' ')).sort());
  });
});
