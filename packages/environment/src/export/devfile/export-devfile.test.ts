import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyEnvironment } from '../environments.fixture.ts';
import { checkGolden } from '../goldens.fixture.ts';
import { composeSource, devfileSource, lossesOf, textOf, valuesOf } from '../reading.fixture.ts';
import type { ExportSource } from '../types.ts';
import { exportDevfile } from './export-devfile.ts';

const fixtures = new URL('../../../fixtures/compose/', import.meta.url);

describe('a devfile from a compose project', () => {
  it('holds services, sources, builds, ports and volumes, and lists the rest with its place', async () => {
    const source = composeSource({
      'compose.yaml': readFileSync(new URL('../shop.fixture.yaml', import.meta.url), 'utf8'),
    });
    const result = exportDevfile(source);
    expect(await checkGolden(result, 'shop-devfile')).toEqual([]);
    await devfileSource(textOf(result, 'devfile.yaml'), 'strict');
  });

  it('gives names that a devfile allows, each once, and says which', async () => {
    const result = exportDevfile(
      composeSource(`services:
  my_app: {image: a, volumes: [My_Data:/d], ports: ["8080:80"]}
  my-app: {image: b, ports: ["81:80"]}
volumes: {My_Data: {}}
`),
    );
    const { devfile } = await devfileSource(textOf(result, 'devfile.yaml'), 'strict');
    expect(devfile.components?.map(({ name }) => name)).toEqual(['my-app', 'my-app-2', 'my-data']);
    expect(lossesOf(result)).toContain('convert.renamed containers.my_app');
    expect(lossesOf(result)).toContain('convert.renamed volumes.My_Data');
    expect(devfile.components?.[1]?.container?.dedicatedPod).toBe(true);
    expect(lossesOf(result)).toContain('convert.dropped containers.my-app.service.ports.80');
  });

  const projects = readdirSync(fixtures).flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, fixtures))
      .filter((name) => /^(docker-)?compose.*\.ya?ml$/.test(name))
      .map((name) => ({ folder, name })),
  );
  it('is accepted by the strict rules for every project at hand', async () => {
    let count = 0;
    for (const { folder, name } of projects) {
      const place = new URL(`${folder}/`, fixtures);
      const texts = Object.fromEntries(
        readdirSync(place, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => [entry.name, readFileSync(new URL(entry.name, place), 'utf8')]),
      );
      const source = tryComposeSource(texts, name);
      if (source === undefined) continue;
      const text = textOf(exportDevfile(source), 'devfile.yaml');
      expect((await devfileSource(text, 'strict')).environment.containers).toHaveLength(
        source.environment.containers.length,
      );
      count += 1;
    }
    expect(count).toBeGreaterThan(8);
  });
});

/** Undefined for a project whose files of variables are not at hand. */
function tryComposeSource(texts: Readonly<Record<string, string>>, name: string): ExportSource | undefined {
  try {
    return composeSource(texts, { files: [name] });
  } catch {
    return undefined;
  }
}

describe('an environment of a devfile', () => {
  it('is the same after it was written and read again', async () => {
    await fc.assert(
      fc.asyncProperty(anyEnvironment, async (environment) => {
        const result = exportDevfile({ environment, folder: '/p' });
        expect(result.diagnostics).toEqual([]);
        const again = await devfileSource(textOf(result, 'devfile.yaml'));
        expect(valuesOf(again.environment)).toEqual(valuesOf(environment));
      }),
      { numRuns: 30 },
    );
  });
});
