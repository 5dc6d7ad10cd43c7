import { readFileSync } from 'node:fs';
import { readDevfile } from '@devstead/devfile';
import { Ajv2020 } from 'ajv/dist/2020.js';
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

/** The objects' frames (workspace.devfile.io/v1alpha2); what is in them is a devfile without its version and description. */
const frames = {
  DevWorkspace: {
    type: 'object',
    additionalProperties: false,
    required: ['started', 'template'],
    properties: {
      started: { type: 'boolean' },
      routingClass: { type: 'string' },
      contributions: { type: 'array' },
      template: { $ref: '#/$defs/template' },
    },
  },
  DevWorkspaceTemplate: { $ref: '#/$defs/template' },
};
const lists = ['components', 'commands', 'projects', 'starterProjects', 'dependentProjects'];
const template = {
  type: 'object',
  additionalProperties: false,
  properties: {
    attributes: { type: 'object' },
    variables: { type: 'object', additionalProperties: { type: 'string' } },
    parent: { type: 'object' },
    events: { type: 'object' },
    ...Object.fromEntries(lists.map((name) => [name, { type: 'array', items: { type: 'object' } }])),
  },
};

/** Holds an object to its frame, and its template to the strict rules of devfiles; gives the template. */
async function judge({ files }: Export, kind: keyof typeof frames): Promise<object> {
  const object = readYaml(files[0]?.text ?? '');
  const schema = {
    $defs: { template },
    type: 'object',
    additionalProperties: false,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { const: 'workspace.devfile.io/v1alpha2' },
      kind: { const: kind },
      metadata: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', maxLength: 63 } },
      },
      spec: frames[kind],
    },
  };
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  validate(object);
  expect(validate.errors ?? []).toEqual([]);
  const spec: { readonly template?: object } = object['spec'] ?? {};
  const content = kind === 'DevWorkspace' ? (spec.template ?? {}) : spec;
  const { diagnostics } = await readDevfile(JSON.stringify({ schemaVersion: '2.2.2', ...content }), {
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

  it('holds everything a devfile says when it was written and read again', { timeout: 60_000 }, async () => {
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
