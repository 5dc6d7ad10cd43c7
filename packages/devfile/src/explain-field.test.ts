import { describe, expect, it } from 'vitest';
import { readDevfile } from './read-devfile.ts';

async function explain(body: string, version = '2.2.0'): Promise<unknown[]> {
  const { diagnostics } = await readDevfile(`schemaVersion: ${version}\n${body}`, { file: 'd' });
  return diagnostics.map(({ code, line, hint }) => [code.replace('devfile.schema-', ''), line, hint]);
}

const container = (fields: string) => `components:\n- name: a\n  container:\n    image: x\n    ${fields}\n`;

describe('what to do about a field', () => {
  it.each([
    ['of another format', container('environment: []'), [['unknown-field', 6, 'Did you mean `env`?']]],
    ['in another case', container('MemoryLimit: 1Gi'), [['unknown-field', 6, 'Did you mean `memoryLimit`?']]],
    [
      'that other formats have and devfiles say otherwise',
      container('ports: [80]'),
      [['unknown-field', 6, 'Ports are `endpoints`, each with a `name` and a `targetPort`.']],
    ],
    [
      'of Git that is a map here',
      'projects:\n- name: a\n  git:\n    remotes: {o: x}\n    branch: main\n',
      [['unknown-field', 6, 'Write `checkoutFrom: { revision: NAME }`.']],
    ],
    [
      'that is the name of a variable: one mistake',
      container('env:\n    - PORT: "80"'),
      [['unknown-field', 7, 'Write `name: PORT`, and below it `value:` with the text.']],
    ],
    [
      'one level too high',
      'components: [{name: a, container: {image: x}}]\ncommands:\n- id: a\n  exec: {component: a, commandLine: x}\n  group: {kind: run}\n',
      [['unknown-field', 6, 'It belongs in `exec`: move it there, two columns further in.']],
    ],
    [
      'of a newer version',
      'dependentProjects: []\n',
      [['unknown-field', 2, '`dependentProjects` came with version 2.2.2: raise `schemaVersion`.']],
    ],
    [
      'of version 2.0.0 alone',
      'components: [{name: a, plugin: {id: x}}]\n',
      [
        ['one-of', 2, 'Add one of container, kubernetes, openshift, volume, image.'],
        ['unknown-field', 2, 'Plugins were left out of the format after 2.0.0: use `parent`, or copy what is needed.'],
      ],
    ],
    [
      'that nothing is known about',
      'nothing: 1\n',
      [['unknown-field', 2, expect.stringContaining('Fields known here')]],
    ],
    ['with the name of a function of every object', 'toString: 1\n', [['unknown-field', 2, expect.any(String)]]],
    [
      'with words in one text',
      container('command: npm start'),
      [['wrong-type', 6, 'Write a list of words: `command: ["npm", "start"]`.']],
    ],
    [
      'that is missing',
      'components: [{name: a, container: {}}]\n',
      [['missing-field', 2, 'Add it, for example `image: python:3.12`.']],
    ],
  ])('%s', async (_what, body, expected) => {
    expect(await explain(body)).toEqual(expected);
  });

  it('a version cut short', async () => {
    expect(await explain('', '2.1')).toEqual([['version-invalid', 1, 'Write `schemaVersion: 2.1.0`.']]);
  });
});
