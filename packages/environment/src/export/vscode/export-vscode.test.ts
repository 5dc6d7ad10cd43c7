import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyEnvironment } from '../environments.fixture.ts';
import { checkGolden } from '../goldens.fixture.ts';
import { devfileSource, lossesOf, textOf } from '../reading.fixture.ts';
import type { Export } from '../types.ts';
import { exportVscode } from './export-vscode.ts';

const devfile = readFileSync(new URL('../shop.devfile.fixture.yaml', import.meta.url), 'utf8');

const texts = { type: 'array', items: { type: 'string' } };
/** What the editor's documentation says of the three files, as far as it is used. */
const shapes: Readonly<Record<string, object>> = {
  'tasks.json': {
    type: 'object',
    additionalProperties: false,
    required: ['version', 'tasks'],
    properties: {
      version: { const: '2.0.0' },
      tasks: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['label', 'problemMatcher'],
          properties: {
            label: { type: 'string' },
            detail: { type: 'string' },
            type: { enum: ['shell', 'process'] },
            command: { type: 'string' },
            options: {
              type: 'object',
              additionalProperties: false,
              properties: {
                cwd: { type: 'string' },
                env: { type: 'object', additionalProperties: { type: 'string' } },
                shell: { type: 'object', properties: { executable: { type: 'string' }, args: texts } },
              },
            },
            group: {
              oneOf: [
                { enum: ['build', 'test', 'none'] },
                {
                  type: 'object',
                  required: ['kind'],
                  properties: { kind: { enum: ['build', 'test'] }, isDefault: { type: 'boolean' } },
                },
              ],
            },
            dependsOn: texts,
            dependsOrder: { enum: ['parallel', 'sequence'] },
            presentation: { type: 'object', properties: { panel: { enum: ['shared', 'dedicated', 'new'] } } },
            runOptions: { type: 'object', properties: { runOn: { enum: ['default', 'folderOpen'] } } },
            problemMatcher: texts,
          },
        },
      },
    },
  },
  'launch.json': {
    type: 'object',
    additionalProperties: false,
    required: ['version', 'configurations'],
    properties: {
      version: { const: '0.2.0' },
      configurations: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'type', 'request'],
          properties: { request: { enum: ['attach', 'launch'] } },
        },
      },
    },
  },
  'extensions.json': {
    type: 'object',
    additionalProperties: false,
    required: ['recommendations'],
    properties: {
      recommendations: { type: 'array', items: { type: 'string', pattern: '^[a-z0-9-]+\\.[a-z0-9.-]+$' } },
    },
  },
};

function judge({ files }: Export): void {
  for (const { path, text } of files) {
    const validate = new Ajv2020().compile(shapes[path.replace('.vscode/', '')] ?? false);
    validate(JSON.parse(text));
    expect(validate.errors ?? []).toEqual([]);
  }
}

describe('files of VS Code', () => {
  it('have the commands as tasks, the debugger and the extensions', async () => {
    const result = exportVscode(await devfileSource(devfile));
    judge(result);
    expect(await checkGolden(result, 'shop-vscode')).toEqual([]);
  });

  it.each([
    ['node', 'node --inspect=0.0.0.0:9230 app.js', { type: 'node', port: 9230 }],
    ['go', 'dlv debug --headless --listen=:2345', { type: 'go', port: 2345, mode: 'remote' }],
    ['java', 'mvn quarkus:dev -Ddebug=5006', { type: 'java', port: 5006 }],
    ['python', 'python -m debugpy --listen 5678 app.py', { type: 'debugpy', connect: { port: 5678 } }],
  ])('attach to what %s starts', async (language, line, configuration) => {
    const source = await devfileSource(`schemaVersion: 2.2.2
metadata: {name: a, language: ${language}}
components: [{name: a, container: {image: x, endpoints: [{name: debug, targetPort: 5006, exposure: none}]}}]
commands: [{id: d, exec: {component: a, commandLine: "${line}", group: {kind: debug, isDefault: true}}}]
`);
    const result = exportVscode(source);
    judge(result);
    expect(JSON.parse(textOf(result, '.vscode/launch.json')).configurations).toMatchObject([configuration]);
  });

  it('have every command, or say which they have not', () => {
    fc.assert(
      fc.property(anyEnvironment, (environment) => {
        const result = exportVscode({ environment, folder: '/p' });
        judge(result);
        const { tasks } = JSON.parse(textOf(result, '.vscode/tasks.json'));
        const labels: unknown[] = tasks.map(({ label }: { label: string }) => label);
        for (const { dependsOn = [] } of tasks) expect(labels).toEqual(expect.arrayContaining(dependsOn));
        const losses = lossesOf(result);
        for (const { id } of environment.commands) {
          expect(labels.includes(id)).not.toBe(losses.includes(`convert.dropped commands.${id}`));
        }
      }),
      { numRuns: 30 },
    );
  });
});
