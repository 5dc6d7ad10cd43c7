import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyComposeText } from '../compose-projects.fixture.ts';
import { anyEnvironment } from '../environments.fixture.ts';
import { checkGolden } from '../goldens.fixture.ts';
import { composeSource, devfileSource, lossesOf, textOf, valuesOf } from '../reading.fixture.ts';
import { exportCompose } from './export-compose.ts';

const devfile = readFileSync(new URL('../shop.devfile.fixture.yaml', import.meta.url), 'utf8');

describe('a compose project from a devfile', () => {
  it('shares one network as the containers did, and lists what has no place', async () => {
    const source = await devfileSource(devfile);
    const result = exportCompose(source);
    expect(await checkGolden(result, 'shop-compose')).toEqual([]);
  });

  it('can be read, with every container, its variables and its amounts, whatever the devfile says', {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(anyEnvironment, (environment) => {
        const result = exportCompose({ environment, folder: '/p' });
        const again = composeSource(
          { 'compose.yaml': textOf(result, 'compose.yaml') },
          { profiles: ['*'] },
        ).environment;
        const pick = ({ containers }: typeof environment) =>
          containers.map(({ name, image, command, args, env, resources }) => ({
            name,
            image,
            command,
            args,
            env,
            resources,
          }));
        expect(pick(again)).toEqual(pick(environment));
        const bound = [...environment.events.postStart, ...environment.events.preStop];
        const lost = environment.commands.filter(({ id, type }) => type !== 'exec' || !bound.includes(id));
        expect(lossesOf(result)).toEqual(
          expect.arrayContaining(lost.map(({ id }) => `convert.dropped commands.${id}`)),
        );
      }),
      { numRuns: 30 },
    );
  });
});

describe('a compose project', () => {
  it('is the same environment after it was written and read again', () => {
    fc.assert(
      fc.property(anyComposeText, (text) => {
        const before = composeSource({ 'compose.yaml': text }, { profiles: ['*'] });
        const result = exportCompose(before);
        expect(result.diagnostics).toEqual([]);
        const after = composeSource({ 'compose.yaml': textOf(result, 'compose.yaml') }, { profiles: ['*'] });
        expect(valuesOf(after.environment)).toEqual(valuesOf(before.environment));
      }),
      { numRuns: 30 },
    );
  });
});
