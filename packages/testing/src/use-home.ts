import { afterAll, beforeAll } from 'vitest';
import { ScenarioHome } from './scenario-home.ts';

/** A home for the tests of a file or group, removed with all that runs in it when they are over, also after a failure. */
export function useHome(): () => ScenarioHome {
  let home: ScenarioHome | undefined;
  beforeAll(() => {
    home = new ScenarioHome();
  });
  afterAll(async () => {
    await home?.remove();
  });
  return () => {
    if (home === undefined) throw new Error('the home is there while tests run');
    return home;
  };
}
