/** The one place of this package that reads the process's own variables. */
export interface TestSettings {
  /** Image store that scenarios use; absent: the one of the user who runs them. */
  readonly images?: string;
  /** Seed of the kill rounds; absent: a new one for each run. */
  readonly killSeed?: number;
  /** Kill rounds of each workspace; absent: all. */
  readonly killRounds?: number;
  /** Starts and stops of the soak; absent: all. */
  readonly soakRounds?: number;
  /** Seed of the soak; absent: a new one for each run. */
  readonly soakSeed?: number;
  /** Seed of the fuzzing of devfiles; absent: a new one for each run. */
  readonly fuzzSeed?: number;
  /** What the programs under test get from the environment: nothing of Devstead's or the test runner's own. */
  readonly passedOn: Readonly<Record<string, string>>;
}

const ownVariables = /^(DEVSTEAD_|VITEST|NODE_|npm_|TEST$|PROD$|DEV$|MODE$|BASE_URL$|NO_COLOR$|FORCE_COLOR$)/;

export function readTestSettings(): TestSettings {
  const { env } = process;
  const images = env['DEVSTEAD_TEST_IMAGES'];
  const readNumber = (name: string): number | undefined => {
    const number = Number(env[name] ?? '');
    return Number.isInteger(number) && number > 0 ? number : undefined;
  };
  const killSeed = readNumber('DEVSTEAD_KILL_SEED');
  const killRounds = readNumber('DEVSTEAD_KILL_ROUNDS');
  const soakRounds = readNumber('DEVSTEAD_SOAK_ROUNDS');
  const soakSeed = readNumber('DEVSTEAD_SOAK_SEED');
  const fuzzSeed = readNumber('DEVSTEAD_FUZZ_SEED');
  const passedOn = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || ownVariables.test(name) ? [] : [[name, value]],
  );
  return {
    passedOn: Object.fromEntries(passedOn),
    ...(images === undefined || images === '' ? {} : { images }),
    ...(killSeed === undefined ? {} : { killSeed }),
    ...(killRounds === undefined ? {} : { killRounds }),
    ...(soakRounds === undefined ? {} : { soakRounds }),
    ...(fuzzSeed === undefined ? {} : { fuzzSeed }),
    ...(soakSeed === undefined ? {} : { soakSeed }),
  };
}
