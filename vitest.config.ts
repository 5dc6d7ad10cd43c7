import { defineConfig } from 'vitest/config';

const MINUTE_MS = 60_000;
/** For what is waited for: a limit for what never comes, as those of tests are. */
const expect = { poll: { timeout: MINUTE_MS / 2 } };
const isLong = process.env.DEVSTEAD_LONG === '1';

/** Real processes, sandboxes and ports: one file at a time, and only when every unit test is done. */
const oneAtATime = { fileParallelism: false, maxWorkers: 1, pool: 'forks' } as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts'],
          // A limit for what hangs: a busy machine is no failure.
          expect,
          testTimeout: MINUTE_MS,
          hookTimeout: MINUTE_MS,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'scenarios',
          include: ['packages/testing/scenarios/**/*.scenario.ts'],
          expect,
          testTimeout: 5 * MINUTE_MS,
          hookTimeout: 5 * MINUTE_MS,
          sequence: { groupOrder: 1 },
          ...oneAtATime,
        },
      },
      ...(isLong
        ? [
            {
              test: {
                name: 'long',
                include: ['packages/**/*.long.ts'],
                exclude: ['**/node_modules/**'],
                expect,
                testTimeout: 120 * MINUTE_MS,
                hookTimeout: 10 * MINUTE_MS,
                sequence: { groupOrder: 2 },
                ...oneAtATime,
              },
            },
          ]
        : []),
    ],
  },
});
