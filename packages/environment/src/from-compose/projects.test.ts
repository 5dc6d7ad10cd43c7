import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import schema from '../../environment.schema.json' with { type: 'json' };
import { listPaths } from '../why.ts';
import { filesFromMap } from './load/files.ts';
import { readCompose } from './read-compose.ts';
import { renderConfig } from './render-config/render-config.ts';
import { readEnvironmentFromCompose } from './to-environment/read-environment.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/compose/', import.meta.url));
const goldens = fileURLToPath(new URL('../../goldens/compose/', import.meta.url));
const isValid = new Ajv2020({ allErrors: true }).compile(schema);
const names = readdirSync(fixtures);

/** The files of a fixture as if they lay in `/project`. */
function readFiles(name: string): Record<string, string> {
  const folder = join(fixtures, name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name: file }) => {
      const path = join(parentPath, file);
      return [`/project${path.slice(folder.length)}`, readFileSync(path, 'utf8')];
    }),
  );
}

const nameFile = (path: string) => path.replace('/project/', '');

function read(name: string) {
  const reading = readCompose({ cwd: '/project', environment: {} }, filesFromMap(readFiles(name)));
  if (reading.project === undefined) throw new Error(JSON.stringify(reading.diagnostics));
  return { ...reading, project: reading.project };
}

describe('the shape of a public project', () => {
  it.each(names)('%s is read to the model as stored, every value with its origins', async (name) => {
    const { project, diagnostics } = read(name);
    const model = readEnvironmentFromCompose(project, { nameFile });
    const { provenance, ...values } = model.environment;
    isValid(model.environment);
    expect(isValid.errors ?? []).toEqual([]);
    expect(Object.keys(provenance).toSorted()).toEqual(listPaths(model.environment).toSorted());
    expect(Object.values(provenance).filter((origins) => origins.length === 0)).toEqual([]);
    await expect(`${JSON.stringify(values, null, 2)}\n`).toMatchFileSnapshot(`${goldens}${name}.environment.json`);
    const told = [...diagnostics, ...model.diagnostics].map(
      ({ severity, code, file, line, column, message }) => `${severity} ${code} ${file}:${line}:${column} ${message}\n`,
    );
    await expect(told.join('')).toMatchFileSnapshot(`${goldens}${name}.diagnostics.txt`);
  });

  it.each(names)('%s is printed as docker compose prints it', async (name) => {
    const { project } = read(name);
    await expect(renderConfig(project, 'yaml')).toMatchFileSnapshot(`${goldens}${name}.config.yaml`);
  });

  it.each(names)('%s is the same when what was printed is read again', (name) => {
    const { project } = read(name);
    const printed = renderConfig(project, 'yaml');
    const request = { cwd: '/project', environment: {}, profiles: ['*'] };
    const again = readCompose(request, filesFromMap({ '/project/compose.yaml': printed }));
    expect(again.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    if (again.project === undefined) throw new Error('nothing was read');
    expect(renderConfig(again.project, 'yaml')).toBe(printed);
    expect(renderConfig(again.project, 'json')).toBe(renderConfig(project, 'json'));
  });
});
