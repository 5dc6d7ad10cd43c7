import { readFileSync } from 'node:fs';
import { readDevfile } from '@devstead/devfile';
import { describe, expect, it } from 'vitest';
import { makeSarif, type SarifInput } from './make-sarif.ts';

type Kind = 'string' | 'number' | 'boolean' | Shape | readonly [Kind];
interface Shape {
  readonly [field: string]: Kind;
}

const text: Shape = { text: 'string' };
const artifact: Shape = { uri: 'string', 'uriBaseId?': 'string' };
const region: Shape = { startLine: 'number', 'startColumn?': 'number', 'endLine?': 'number', 'endColumn?': 'number' };
const location: Shape = {
  physicalLocation: { artifactLocation: artifact, 'region?': region },
  'logicalLocations?': [{ fullyQualifiedName: 'string' }],
  'message?': text,
};
const result: Shape = {
  ruleId: 'string',
  ruleIndex: 'number',
  level: 'string',
  message: text,
  locations: [location],
  'relatedLocations?': [location],
  'fixes?': [
    {
      description: text,
      artifactChanges: [
        { artifactLocation: artifact, replacements: [{ deletedRegion: region, insertedContent: text }] },
      ],
    },
  ],
};
/** The objects of SARIF 2.1.0 that are written, with the fields the standard asks for; `?` where it does not. */
const log: Shape = {
  version: 'string',
  runs: [
    {
      tool: {
        driver: {
          name: 'string',
          semanticVersion: 'string',
          rules: [{ id: 'string', shortDescription: text, help: text }],
        },
      },
      columnKind: 'string',
      invocations: [
        {
          executionSuccessful: 'boolean',
          toolExecutionNotifications: [
            { level: 'string', message: text, descriptor: { id: 'string' }, locations: [location] },
          ],
        },
      ],
      results: [result],
    },
  ],
};

/** Paths at which a value is not of a kind. */
function findFaults(value: unknown, kind: Kind, path = ''): string[] {
  if (typeof kind === 'string') return typeof value === kind ? [] : [path];
  if (Array.isArray(kind)) {
    const [element] = kind as readonly [Kind];
    return Array.isArray(value)
      ? value.flatMap((each, index) => findFaults(each, element, `${path}/${index}`))
      : [path];
  }
  if (typeof value !== 'object' || value === null) return [path];
  const known = Object.entries(kind as Shape).map(([field, of]) => ({
    name: field.replace('?', ''),
    isOptional: field.endsWith('?'),
    of,
  }));
  const extra = Object.keys(value).filter((name) => !known.some((field) => field.name === name));
  return [
    ...extra.map((name) => `${path}/${name}`),
    ...known.flatMap(({ name, isOptional, of }) => {
      const child: unknown = Reflect.get(value, name);
      return child === undefined && isOptional ? [] : findFaults(child, of, `${path}/${name}`);
    }),
  ];
}

const folder = new URL('../../../devfile/fixtures/', import.meta.url);

async function judge(name: string): Promise<SarifInput> {
  const source = readFileSync(new URL(name, folder), 'utf8');
  const { diagnostics } = await readDevfile(source, { file: name });
  return { file: name, text: source, diagnostics, isComplete: true };
}

describe('makeSarif', () => {
  it('writes objects of the form that SARIF 2.1.0 asks for', async () => {
    const inputs = [await judge('ten-mistakes.yaml'), await judge('schema-mistakes.yaml'), await judge('sound.yaml')];
    const unread: SarifInput = {
      file: 'x',
      diagnostics: [{ code: 'UNREADABLE_INPUT', severity: 'error', message: 'm' }],
      isComplete: false,
    };
    const written: unknown = JSON.parse(JSON.stringify(makeSarif([...inputs, unread], '1.2.3')));
    expect(findFaults(written, log)).toEqual([]);
    const [run] = makeSarif(inputs, '1.2.3').runs;
    expect(run?.results.length).toBeGreaterThan(15);
    for (const { ruleId, ruleIndex, level, locations } of run?.results ?? []) {
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
      expect(['error', 'warning', 'note']).toContain(level);
      const at = locations[0]?.physicalLocation.region;
      expect(at?.startLine).toBeGreaterThan(0);
      expect(at?.endColumn).toBeGreaterThan(at?.startColumn ?? 0);
    }
  });

  it('takes what was not looked at for no success', async () => {
    const sound = { file: 'a', text: '', diagnostics: [], isComplete: true };
    const isSuccessful = (input: SarifInput) => makeSarif([input], '1').runs[0]?.invocations[0]?.executionSuccessful;
    expect([isSuccessful(sound), isSuccessful({ ...sound, isComplete: false })]).toEqual([true, false]);
  });

  it('leads from a parent’s mistake to where the parent is named', () => {
    const diagnostics = [
      {
        code: 'devfile.schema-wrong-type',
        severity: 'error',
        message: 'm',
        file: '/p/parent.yaml',
        line: 3,
        column: 1,
        chain: [{ relation: 'parent', file: 'devfile.yaml', line: 2, column: 8, detail: 'uri: ../p/parent.yaml' }],
      },
    ] as const;
    const [run] = makeSarif(
      [{ file: 'devfile.yaml', text: 'a: b\nparent: {}\n', diagnostics, isComplete: true }],
      '1',
    ).runs;
    expect(run?.results[0]).toMatchObject({
      locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///p/parent.yaml' } } }],
      relatedLocations: [{ physicalLocation: { artifactLocation: { uri: 'devfile.yaml' }, region: { startLine: 2 } } }],
    });
  });
});
