import { describe, expect, it } from 'vitest';
import { readDevfile } from '../../read-devfile.ts';
import { placeDiagnostics } from '../diagnose.ts';
import { openDocument } from '../open-document.ts';
import { applyEdits } from './apply-edits.ts';
import { listFixes } from './list-fixes.ts';

const head = 'schemaVersion: 2.2.2\n';

/** Each fix of a text's problems: its title with `!` when it is safe, and the text it makes. */
async function fix(text: string): Promise<readonly (readonly [string, string])[]> {
  const document = openDocument(text);
  const { diagnostics } = await readDevfile(text, { file: 'devfile.yaml' });
  return placeDiagnostics(document, diagnostics).flatMap(({ diagnostic, range }) =>
    listFixes(document, diagnostic, range).map(
      ({ title, isSafe, edits }) => [`${isSafe ? '!' : ''}${title}`, applyEdits(text, edits)] as const,
    ),
  );
}

const container = (fields: string) => `${head}components:\n  - name: a\n    container:\n      image: x\n${fields}`;

describe('a safe fix', () => {
  it.each([
    ['a version that is missing', '# mine\nmetadata: {}\n', '# mine\nschemaVersion: 2.3.0\nmetadata: {}\n'],
    ['a version that is missing in JSON', '{"metadata": {}}', '{"schemaVersion": "2.3.0", "metadata": {}}'],
    ['a version cut short', 'schemaVersion: 2.2 # old\n', 'schemaVersion: 2.2.2 # old\n'],
    ['a version left empty', 'schemaVersion:\nmetadata: {}\n', 'schemaVersion: 2.3.0\nmetadata: {}\n'],
    ['a misspelt field', container('      mountSource: true # yes\n'), container('      mountSources: true # yes\n')],
    ['a field in another case', container('      memorylimit: 1Gi\n'), container('      memoryLimit: 1Gi\n')],
    [
      'a field of another format',
      container('      env:\n        - name: a\n          value: b\n      mounts: []\n'),
      container('      env:\n        - name: a\n          value: b\n      volumeMounts: []\n'),
    ],
    [
      'a boolean that is to be a text',
      container('      env: [{name: A, value: yes}]\n'),
      container('      env: [{name: A, value: "yes"}]\n'),
    ],
    ['a number that is to be a text', container('      cpuLimit: 0.5\n'), container('      cpuLimit: "0.5"\n')],
    [
      'a text that is to be a boolean',
      container("      mountSources: 'true'\n"),
      container('      mountSources: true\n'),
    ],
    [
      'a text that is to be a number',
      container('      endpoints: [{name: a, targetPort: "80"}]\n'),
      container('      endpoints: [{name: a, targetPort: 80}]\n'),
    ],
    ['a version of two numbers', `${head}metadata:\n  version: 1.0\n`, `${head}metadata:\n  version: 1.0.0\n`],
    [
      'one name where a list is to be',
      `${head}components: []\nevents:\n  postStart: run\ncommands: []\n`,
      `${head}components: []\nevents:\n  postStart: [run]\ncommands: []\n`,
    ],
    ['an empty field', `${head}metadata:\n  name: a\ncomponents:\n`, `${head}metadata:\n  name: a\n`],
    [
      'a word in another case',
      container('      endpoints: [{name: a, targetPort: 80, exposure: Public}]\n'),
      container('      endpoints: [{name: a, targetPort: 80, exposure: public}]\n'),
    ],
    [
      'a field one level too high',
      container(
        'commands:\n  - id: b\n    group: # why\n      kind: run\n    exec:\n      component: a\n      commandLine: x\nevents: {}\n',
      ),
      container(
        'commands:\n  - id: b\n    exec:\n      component: a\n      commandLine: x\n      group: # why\n        kind: run\nevents: {}\n',
      ),
    ],
    [
      'variables that are a map',
      container('      env: # ours\n        A: b # c\n        PORT: 80\n'),
      container(
        '      env: # ours\n        - name: A\n          value: b # c\n        - name: PORT\n          value: "80"\n',
      ),
    ],
    [
      'a variable whose name is a key',
      container('      env:\n        - PORT: 80 # x\n        - name: A\n          value: b\n'),
      container('      env:\n        - name: PORT\n          value: "80" # x\n        - name: A\n          value: b\n'),
    ],
    ['a size in MB', container('      memoryLimit: 512MB\n'), container('      memoryLimit: 512M\n')],
    ['a size with a space', container('      memoryLimit: "1 GiB"\n'), container('      memoryLimit: "1Gi"\n')],
    [
      'a variable without quotes',
      `${head}components:\n  - name: a\n    container:\n      image: {{reg}}/x\n`,
      `${head}components:\n  - name: a\n    container:\n      image: '{{reg}}/x'\n`,
    ],
    [
      'a key written twice',
      `${head}metadata:\n  name: a\n  version: 1.0.0\n  name: b\n`,
      `${head}metadata:\n  version: 1.0.0\n  name: b\n`,
    ],
    ['a key that is a boolean', `${head}variables:\n  y: "1"\n`, `${head}variables:\n  "y": "1"\n`],
    [
      'a name that is nearly another',
      container('commands:\n  - id: build\n    exec: {component: a, commandLine: x}\nevents: {postStart: [biuld]}\n'),
      container('commands:\n  - id: build\n    exec: {component: a, commandLine: x}\nevents: {postStart: [build]}\n'),
    ],
  ])('mends %s', async (_what, before, after) => {
    const safe = (await fix(before)).filter(([title]) => title.startsWith('!'));
    expect(safe.map(([, text]) => text)).toEqual([after]);
    const crlf = (await fix(before.replaceAll('\n', '\r\n'))).filter(([title]) => title.startsWith('!'));
    expect(crlf.map(([, text]) => text)).toEqual([after.replaceAll('\n', '\r\n')]);
  });
});

describe('an offer', () => {
  it.each([
    ['remove an unknown field', container('      nothing: 1\n'), 'Remove nothing', container('')],
    [
      'add a field',
      `${head}components:\n  - container:\n      image: x\n`,
      'Add name: my-name',
      `${head}components:\n  - name: my-name\n    container:\n      image: x\n`,
    ],
    [
      'add a field in a map',
      `${head}components:\n  - name: a\n    container:\n      args: []\n`,
      'Add image: python:3.12',
      `${head}components:\n  - name: a\n    container:\n      image: python:3.12\n      args: []\n`,
    ],
    ['keep one of two kinds', container('    volume:\n      size: 1Gi\n'), 'Keep container alone', container('')],
    [
      'give a memory a unit',
      container('      memoryLimit: 512\n'),
      'Change it to 512Mi',
      container('      memoryLimit: 512Mi\n'),
    ],
    [
      'split words',
      container('      command: npm start\n'),
      'Make it a list of words',
      container('      command: ["npm", "start"]\n'),
    ],
    [
      'rename everywhere',
      container(
        'commands:\n  - id: My Build\n    exec: {component: a, commandLine: x}\nevents: {postStart: [My Build]}\n',
      ),
      'Change My Build to my-build',
      container(
        'commands:\n  - id: my-build\n    exec: {component: a, commandLine: x}\nevents: {postStart: [my-build]}\n',
      ),
    ],
    [
      'define a variable',
      container('      sourceMapping: "{{dir}}"\n'),
      'Define the variable dir',
      `schemaVersion: 2.2.2\nvariables:\n  dir: ""\n${container('      sourceMapping: "{{dir}}"\n').slice(head.length)}`,
    ],
    [
      'add a volume',
      container('      volumeMounts: [{name: data}]\n'),
      'Add the volume data',
      `${container('      volumeMounts: [{name: data}]\n')}  - name: data\n    volume: {}\n`,
    ],
    [
      'choose a default',
      container(
        'commands:\n  - id: b\n    exec: {component: a, commandLine: x, group: {kind: run}}\n  - id: c\n    exec:\n      component: a\n      commandLine: x\n      group:\n        kind: run\n',
      ),
      'Make c the default',
      container(
        'commands:\n  - id: b\n    exec: {component: a, commandLine: x, group: {kind: run}}\n  - id: c\n    exec:\n      component: a\n      commandLine: x\n      group:\n        kind: run\n        isDefault: true\n',
      ),
    ],
    [
      'move a command of preStart',
      container('commands:\n  - id: b\n    exec: {component: a, commandLine: x}\nevents:\n  preStart:\n    - b\n'),
      'Move it to postStart',
      container('commands:\n  - id: b\n    exec: {component: a, commandLine: x}\nevents:\n  postStart:\n    - b\n'),
    ],
    [
      'remove a variable that is set anyway',
      container(
        '      env:\n        - name: PROJECTS_ROOT\n          value: x\n        - name: A\n          value: b\n',
      ),
      'Remove the variable',
      container('      env:\n        - name: A\n          value: b\n'),
    ],
    [
      'check out one of two remotes',
      `${head}projects:\n  - name: a\n    git:\n      remotes:\n        o: x\n        f: z\n`,
      'Check out f',
      `${head}projects:\n  - name: a\n    git:\n      remotes:\n        o: x\n        f: z\n      checkoutFrom: { remote: f }\n`,
    ],
    ['indent by spaces', `${head}metadata:\n\tname: a\n`, 'Indent by spaces', `${head}metadata:\n  name: a\n`],
    [
      'remove what is not read',
      `${head}metadata: {}\n---\na: b\n`,
      'Remove the documents that are not read',
      `${head}metadata: {}\n`,
    ],
  ])('is made to %s', async (_what, before, title, after) => {
    const offers = await fix(before);
    expect(offers.map(([each]) => each)).toContain(title);
    expect(offers.find(([each]) => each === title)?.[1]).toBe(after);
  });

  it('is not made for a devfile 1.0.0', async () => {
    expect(await fix('apiVersion: 1.0.0\n')).toEqual([]);
  });
});
