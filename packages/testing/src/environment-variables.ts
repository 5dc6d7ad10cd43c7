/** The one place of this package that reads the process's own variables. */
export interface TestSettings {
  /** Image store that scenarios use; absent: the one of the user who runs them. */
  readonly images?: string;
  /** Seed of the kill rounds; absent: a new one for each run. */
  readonly killSeed?: number;
  /** What the programs under test get from the environment: nothing of Devstead's or the test runner's own. */
  readonly passedOn: Readonly<Record<string, string>>;
}

const ownVariables = /^(DEVSTEAD_|VITEST|NODE_|npm_|TEST$|PROD$|DEV$|MODE$|BASE_URL$|NO_COLOR$|FORCE_COLOR$)/;

export function readTestSettings(): TestSettings {
  const { env } = process;
  const images = env['DEVSTEAD_TEST_IMAGES'];
  const seed = Number(env['DEVSTEAD_KILL_SEED'] ?? '');
  const passedOn = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || ownVariables.test(name) ? [] : [[name, value]],
  );
  return {
    passedOn: Object.fromEntries(passedOn),
    ...(images === undefined || images === '' ? {} : { images }),
    ...(Number.isInteger(seed) && seed > 0 ? { killSeed: seed } : {}),
  };
}
