import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readDevfile } from '@devstead/devfile';
import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportCompose } from '../compose/export-compose.ts';
import { exportDevcontainer } from '../devcontainer/export-devcontainer.ts';
import { anyEnvironment } from '../environments.fixture.ts';
import { checkGolden } from '../goldens.fixture.ts';
import { composeSource, devfileSource, readYaml, valuesOf } from '../reading.fixture.ts';
import type { Export } from '../types.ts';
import { exportVscode } from '../vscode/export-vscode.ts';
import { exportDevWorkspace, exportDevWorkspaceTemplate } from './export-devworkspace.ts';

const devfile = readFileSync(new URL('../shop.devfile.fixture.yaml', import.meta.url), 'utf8');

type Kind = 'DevWorkspace' | 'DevWorkspaceTemplate';

/** The schemas of the operator's own objects (devfile/api), as its client library brings them. */
const generator = createRequire(import.meta.url).resolve('@eclipse-che/che-devworkspace-generator/package.json');
const { definitions } = createRequire(generator)('@devfile/api/swagger.json') as {
  readonly definitions: Readonly<Record<string, object>>;
};
const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, unicodeRegExp: false });
const validators: Readonly<Record<Kind, ValidateFunction>> = {
  DevWorkspace: compile('DevWorkspace'),
  DevWorkspaceTemplate: compile('DevWorkspaceTemplate'),
};

function compile(kind: Kind): ValidateFunction {
  return ajv.compile({ $id: kind, $ref: `#/definitions/v1alpha2.${kind}`, definitions });
}

/**
 * Holds an object to the operator's schema and to what a cluster asks of names, and its template to the strict rules of
 * devfiles, which the schema cannot say; gives the template.
 */
async function judge({ files }: Export, kind: Kind): Promise<object> {
  const object = readYaml(files[0]?.text ?? '');
  const validate = validators[kind];
  validate(object);
  expect(validate.errors ?? []).toEqual([]);
  expect([object['apiVersion'], object['kind']]).toEqual(['workspace.devfile.io/v1alpha2', kind]);
  expect(object).toMatchObject({ metadata: { name: expect.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/) } });
  const spec: { readonly template?: object } = object['spec'] ?? {};
  const content = kind === 'DevWorkspace' ? (spec.template ?? {}) : spec;
  const { diagnostics } = await readDevfile(JSON.stringify({ schemaVersion: '2.3.0', ...content }), {
    file: 'template',
    profile: 'strict',
  });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return content;
}

describe('a DevWorkspace', () => {
  it('has the devfile as its template, as the operator takes it', async () => {
    const result = exportDevWorkspace(await devfileSource(devfile));
    expect(await checkGolden(result, 'shop')).toEqual([]);
    await judge(result, 'DevWorkspace');
    await judge(exportDevWorkspaceTemplate(await devfileSource(devfile)), 'DevWorkspaceTemplate');
  });

  it('is judged by a schema that knows every field', () => {
    const object = { apiVersion: 'workspace.devfile.io/v1alpha2', kind: 'DevWorkspace', metadata: { name: 'a' } };
    const judgeSpec = (spec: object): boolean => validators.DevWorkspace({ ...object, spec });
    const components = [{ name: 'a', container: { image: 'x' } }];
    expect(judgeSpec({ started: true, template: { components } })).toBe(true);
    expect(judgeSpec({ template: { components } })).toBe(false);
    expect(judgeSpec({ started: true, template: { components, metadata: {} } })).toBe(false);
    expect(judgeSpec({ started: true, template: { components: [{ name: 'a', container: {} }] } })).toBe(false);
    expect(
      judgeSpec({ started: true, template: { components: [{ name: 'a', container: { image: 'x', no: 1 } }] } }),
    ).toBe(false);
  });

  it('is made of a compose project too, and runs before the start what may run there', async () => {
    const source = composeSource('services: {web_1: {image: x, ports: ["80"]}}\n');
    await judge(exportDevWorkspace(source), 'DevWorkspace');
    const late = await devfileSource(`schemaVersion: 2.2.2
metadata: {name: My Shop}
components: [{name: a, container: {image: x}}]
commands: [{id: b, exec: {component: a, commandLine: make}}]
events: {preStart: [b]}
`);
    const result = exportDevWorkspace(late);
    expect(await judge(result, 'DevWorkspace')).toMatchObject({ events: { postStart: ['b'] } });
    expect(result.diagnostics.map(({ code, path }) => [code, path])).toEqual([
      ['convert.changed', 'events.preStart'],
      ['convert.renamed', 'name'],
    ]);
  });

  it('is refused, soon, for composites that double without end', async () => {
    const doubling = Array.from({ length: 40 }, (_, index) => {
      const members = index === 0 ? '[base, base]' : `[c${index - 1}, c${index - 1}]`;
      return `  - {id: c${index}, composite: {commands: ${members}}}\n`;
    });
    const source = await devfileSource(`schemaVersion: 2.2.2
metadata: {name: a}
components: [{name: a, container: {image: x}}]
commands:
  - {id: base, exec: {component: a, commandLine: x}}
${doubling.join('')}events: {postStart: [c39]}
`);
    expect(() => exportDevWorkspace(source)).toThrow(expect.objectContaining({ code: 'DEVFILE_INVALID' }));
    expect(() => exportDevcontainer(source)).toThrow(expect.objectContaining({ code: 'DEVFILE_INVALID' }));
    expect(exportVscode(source).files).not.toEqual([]);
    expect(exportCompose(source).files).not.toEqual([]);
  });

  it('holds everything a devfile says when it was written and read again', async () => {
    await fc.assert(
      fc.asyncProperty(anyEnvironment, async (environment) => {
        const result = exportDevWorkspaceTemplate({ environment, folder: '/p' });
        const content = await judge(result, 'DevWorkspaceTemplate');
        const again = await devfileSource(
          JSON.stringify({ schemaVersion: '2.2.2', metadata: { name: environment.name }, ...content }),
        );
        // What is listed may differ.
        const isSame = JSON.stringify(valuesOf(again.environment)) === JSON.stringify(valuesOf(environment));
        expect(isSame || result.diagnostics.length > 0).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
