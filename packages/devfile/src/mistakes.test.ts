import { readFileSync } from 'node:fs';
import { type Diagnostic, hasErrors } from '@devstead/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeSchemaErrors } from './check-schema.ts';
import { getAt } from './document-path.ts';
import { readDevfile } from './read-devfile.ts';
import { findSchemaErrors } from './schema-errors.ts';
import { detectSchemaVersion, loadSchema } from './schema-version.ts';
import type { DocumentPath } from './types.ts';

const readFixture = (name: string) => readFileSync(new URL(`../fixtures/${name}.yaml`, import.meta.url), 'utf8');
const sound: unknown = parse(readFixture('sound'));
const tenMistakes: unknown = parse(readFixture('ten-mistakes'));
type Change = (container: Record<string | number, unknown>, key: string | number) => void;

const changes: Readonly<Record<string, Change>> = {
  ...Object.fromEntries(
    [null, 5_000_000_000_000, true, 'a text', '', [], {}, [[]], [null], { x: 1 }].map((value): [string, Change] => [
      `with the value ${JSON.stringify(value)}`,
      (container, key) => {
        container[key] = structuredClone(value);
      },
    ]),
  ),
  'left out': (container, key) => {
    if (Array.isArray(container)) container.splice(Number(key), 1);
    else delete container[key];
  },
  'with a misspelt name': (container, key) => {
    const value = container[key];
    delete container[key];
    container[`${key}x`] = value;
  },
  'with another name': (container, key) => {
    const value = container[key];
    delete container[key];
    container['something'] = value;
  },
  'with an unknown field': (container, key) => {
    Object.assign(container[key] ?? {}, { something: 1 });
  },
  'in capitals': (container, key) => {
    container[key] = String(container[key]).toUpperCase();
  },
};

function listPaths(value: unknown, path: DocumentPath = []): DocumentPath[] {
  if (typeof value !== 'object' || value === null) return [path];
  const children = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...children.flatMap(([key, child]) => listPaths(child, [...path, key]))];
}

/** Where a change is two mistakes: names that others use, and maps in which every field is a name. */
function isMoreThanOne(path: DocumentPath, name: string): boolean {
  const last = path.at(-1);
  if (name.includes('"a text"')) return last === 'name' || last === 'id';
  return /unknown field|"x"/.test(name) && (last === 'remotes' || last === 'variables');
}

const isOfSchema = ({ code }: Diagnostic) => code.startsWith('devfile.schema-');
const outline = ({ code, line }: Diagnostic) => `${line} ${code.replace('devfile.', '')}`;
const readDocument = (document: unknown) => readDevfile(JSON.stringify(document), { file: 'devfile.json' });

function changeAt(document: unknown, path: DocumentPath, change: Change): void {
  const container = getAt(document, path.slice(0, -1));
  if (typeof container === 'object' && container !== null) {
    change(container as Record<string | number, unknown>, path.at(-1) ?? '');
  }
}

async function readChanged(document: unknown, path: DocumentPath, change: Change) {
  const changed = structuredClone(document);
  changeAt(changed, path, change);
  return readDocument(changed);
}

async function readLines(lines: readonly string[]): Promise<string[]> {
  const { diagnostics } = await readDevfile(lines.join('\n'), { file: 'devfile.yaml', profile: 'strict' });
  return diagnostics.filter(({ severity }) => severity === 'error').map(outline);
}

describe('mistakes for the schema and for the rules', () => {
  it('come back together', async () => {
    const { devfile, diagnostics } = await readDevfile(readFixture('mixed-ten-mistakes'), { file: 'devfile.yaml' });
    expect(devfile).toBeUndefined();
    expect(diagnostics.map(outline)).toEqual([
      '8 schema-unknown-field',
      '10 unknown-volume',
      '17 schema-bad-value',
      '23 duplicate-port',
      '28 schema-wrong-type',
      '30 schema-missing-field',
      '35 unknown-component',
      '45 schema-wrong-type',
      '46 unknown-event-command',
      '50 ambiguous-remote',
    ]);
    expect(diagnostics[1]).toMatchObject({ path: 'components.app.container.volumeMounts.cahce.name', column: 17 });
  });

  it.each([
    [
      'a misspelt section is read',
      [
        'comands:',
        '- {id: a, exec: {component: ap, commandLine: x}}',
        'components:',
        '- {name: app, container: {image: i}}',
      ],
      ['2 schema-unknown-field', '3 unknown-component'],
    ],
    [
      'a section that is no list may have anything in it',
      ['components: {}', 'commands:', '- {id: a, exec: {component: app, commandLine: x}}', 'events: {postStart: [b]}'],
      ['2 schema-wrong-type', '5 unknown-event-command'],
    ],
    [
      'an unknown section may be the one that is missing',
      ['parts: [{name: app}]', 'commands:', '- {id: a, exec: {component: app, commandLine: x}}'],
      ['2 schema-unknown-field'],
    ],
    [
      'a misspelt name is a name',
      [
        'components:',
        '- {nmae: app, container: {image: i}}',
        'commands:',
        '- {id: a, exec: {component: web, commandLine: x}}',
      ],
      ['3 schema-unknown-field', '5 unknown-component'],
    ],
    [
      'what has no name may have any, but not one that is nearly another',
      [
        'components:',
        '- {container: {image: i}}',
        '- {name: app, container: {image: i}}',
        'commands:',
        '- {id: a, exec: {component: web, commandLine: x}}',
        '- {id: b, exec: {component: ap, commandLine: x}}',
      ],
      ['3 schema-missing-field', '7 unknown-component'],
    ],
    [
      'a name of a wrong form is known in the right form too',
      [
        'components:',
        '- {name: My App, container: {image: i}}',
        'commands:',
        '- {id: Build, exec: {component: my-app, commandLine: x}}',
        'events: {postStart: [build, test], preStop: [Build]}',
      ],
      ['3 schema-bad-value', '5 schema-bad-value', '6 unknown-event-command'],
    ],
    [
      'elements keep their places behind one that cannot be read',
      [
        'components:',
        '- 5',
        '- container',
        '- name: app',
        '  container:',
        '    image: i',
        '    env:',
        '    - text',
        '    - {name: PROJECTS_ROOT, value: x}',
      ],
      ['3 schema-wrong-type', '4 schema-wrong-type', '9 schema-wrong-type', '10 reserved-env'],
    ],
    [
      'one of several uses of an anchor is changed alone',
      [
        'components:',
        '- name: app',
        '  container: &c',
        '    image: i',
        '    volumeMounts: [{name: data}]',
        '- {name: other, container: *c}',
        '- {name: both, container: *c, volume: 5}',
      ],
      ['6 unknown-volume', '6 unknown-volume', '6 unknown-volume', '8 schema-one-of', '8 schema-wrong-type'],
    ],
    [
      'a command of two kinds fits every event',
      [
        'components: [{name: app, container: {image: i}}]',
        'commands:',
        '- {id: a, exec: {component: app, commandLine: x}, apply: {component: app}}',
        '- {id: b, composite: {commands: [a, c]}}',
        'events: {preStart: [a, b], postStart: [a]}',
      ],
      ['4 schema-one-of', '5 unknown-subcommand'],
    ],
    [
      'a variable that cannot be read may have any value',
      [
        'variables: {size: [1]}',
        'components:',
        '- {name: app, container: {image: i, memoryLimit: "{{size}}", cpuLimit: 1x}}',
      ],
      ['2 schema-wrong-type', '4 bad-quantity'],
    ],
    [
      'a parent that cannot be read may bring in anything',
      ['parent: go', 'commands:', '- {id: a, exec: {component: app, commandLine: x}}'],
      ['2 schema-wrong-type'],
    ],
    [
      'a parent that is not read brings in what is not known',
      ['parent: {id: 5}', 'events: {postStart: [a]}'],
      ['2 schema-wrong-type'],
    ],
  ])('are told apart: %s', async (_, lines, expected) => {
    expect((await readLines(['schemaVersion: 2.3.0', ...lines])).toSorted()).toEqual([...expected].sort());
  });

  it('come back together after any changes', async () => {
    const documents = [sound, tenMistakes, parse(readFixture('everything'), { merge: true })];
    const edit = fc.record({ at: fc.nat(), change: fc.constantFrom(...Object.values(changes)) });
    const document = fc
      .tuple(fc.constantFrom(...documents), fc.array(edit, { minLength: 1, maxLength: 8 }))
      .map(([original, edits]) => {
        const changed = structuredClone(original);
        for (const { at, change } of edits) {
          const paths = listPaths(changed).filter(({ length }) => length > 0);
          changeAt(changed, paths[at % paths.length] ?? [], change);
        }
        return changed;
      });
    const check = async (changed: unknown) => {
      const { devfile, diagnostics } = await readDocument(changed);
      expect(devfile === undefined).toBe(hasErrors(diagnostics));
      const version = detectSchemaVersion(changed);
      if (typeof version !== 'string') return;
      const problems = describeSchemaErrors(findSchemaErrors(changed, await loadSchema(version)));
      const codes = diagnostics.filter(isOfSchema).map(({ code }) => code);
      expect(codes.toSorted()).toEqual(problems.map(({ code }) => code).sort());
    };
    await fc.assert(fc.asyncProperty(document, check), { numRuns: 1000 });
  });
});

describe('one mistake for the schema', () => {
  it('is made in a devfile that has none', async () => {
    const { diagnostics } = await readDocument(sound);
    expect(diagnostics).toEqual([]);
  });

  it.each(Object.entries(changes))('gives no diagnostic of a rule, with any value %s', async (name, change) => {
    const followUps: string[] = [];
    const paths = listPaths(sound).filter(({ length }) => length > 0);
    let count = 0;
    for (const path of paths.filter((each) => !isMoreThanOne(each, name))) {
      const { diagnostics } = await readChanged(sound, path, change);
      if (!diagnostics.some(isOfSchema)) continue;
      count++;
      const others = diagnostics.filter((diagnostic) => !isOfSchema(diagnostic));
      followUps.push(...others.map(({ code }) => `${path.join('.')}: ${code}`));
    }
    expect(followUps).toEqual([]);
    expect(count).toBeGreaterThan(5);
  });

  it('hides none for the rules, wherever there is an unknown field', async () => {
    const change = changes['with an unknown field'] as Change;
    const hidden: string[] = [];
    for (const path of listPaths(tenMistakes).filter(({ length }) => length > 0)) {
      const { diagnostics } = await readChanged(tenMistakes, path, change);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      const left = errors.filter((diagnostic) => !isOfSchema(diagnostic)).length;
      if (errors.some(isOfSchema) && left < 10) hidden.push(`${path.join('.')}: ${left}`);
    }
    // There it may be meant for the `checkoutFrom` that is missing.
    expect(hidden).toEqual(['projects.0.git: 9']);
  });
});
