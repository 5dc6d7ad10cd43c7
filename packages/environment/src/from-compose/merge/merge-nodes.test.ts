import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codesOf, readProject, valuesOf } from '../project.fixture.ts';
import { Reporter } from '../report.ts';
import { type ComposeNode, toValue } from '../tree/node.ts';
import { readFileNodes } from '../tree/read-file.ts';
import { mergeNodes } from './merge-nodes.ts';

/** The service `a` of a base and an override. */
function mergeService(base: string, override: string, more = ''): Record<string, unknown> {
  const texts = {
    'compose.yaml': `services:\n  a:\n    image: x\n${indent(base)}\n${more}`,
    'compose.override.yaml': `services:\n  a:\n${indent(override)}\n`,
  };
  return valuesOf(readProject(texts))['services']?.['a'] ?? {};
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

describe('an override', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['command: [a, b]', 'command: c', { command: ['c'] }],
    ['entrypoint: a', 'entrypoint: []', { entrypoint: [] }],
    ['environment: [A=1, B=2]', 'environment: {B: 3, C: }', { environment: { A: '1', B: '3', C: null } }],
    ['labels: {a: 1}', 'labels: [b=2]', { labels: { a: '1', b: '2' } }],
    ['dns: 1.1.1.1', 'dns: [2.2.2.2, 1.1.1.1]', { dns: ['1.1.1.1', '2.2.2.2'] }],
    ['expose: [80]', 'expose: ["81", "80"]', { expose: ['80', '81'] }],
    ['cap_add: [A]', 'cap_add: [B, A]', { cap_add: ['A', 'B'] }],
    ['tmpfs: [/run:size=64m, /t]', 'tmpfs: /run:size=32m', { tmpfs: ['/run:size=32m', '/t'] }],
    [
      'logging: {driver: a, options: {x: "1"}}',
      'logging: {options: {y: "2"}}',
      { logging: { driver: 'a', options: { x: '1', y: '2' } } },
    ],
    ['logging: {driver: a, options: {x: "1"}}', 'logging: {driver: b}', { logging: { driver: 'b' } }],
    [
      'healthcheck: {test: [CMD, a], interval: 5s}',
      'healthcheck: {test: b}',
      { healthcheck: { test: ['CMD-SHELL', 'b'], interval: '5s' } },
    ],
    ['ulimits: {nofile: 5}', 'ulimits: {nofile: {soft: 1, hard: 2}}', { ulimits: { nofile: { soft: 1, hard: 2 } } }],
    ['build: .', 'build: {args: {A: 1}}', { build: { context: '/p', dockerfile: 'Dockerfile', args: { A: '1' } } }],
    ['env_file: []', 'working_dir: /w', { working_dir: '/w' }],
    ['extra_hosts: {a: 1.1.1.1}', 'extra_hosts: ["b=2.2.2.2"]', { extra_hosts: ['a=1.1.1.1', 'b=2.2.2.2'] }],
    ['deploy: {replicas: 1}', 'deploy: {labels: {a: b}}', { deploy: { replicas: 1, labels: { a: 'b' } } }],
    ['working_dir: /a', 'working_dir:', { working_dir: '/a' }],
  ])('%j with %j', (base, override, expected) => {
    expect(mergeService(base, override)).toMatchObject(expected);
  });

  it('replaces mounts of the same target and ports of the same address', () => {
    const merged = mergeService(
      'volumes: ["./a:/a", "data:/d"]\nports: ["8080:80", "9090:90"]',
      'volumes: ["./b:/a:ro"]\nports: ["8080:80", "7070:70"]',
      'volumes: {data: {}}',
    );
    expect(merged['volumes']).toMatchObject([{ source: '/p/b', read_only: true }, { source: 'data' }]);
    expect(merged['ports']).toMatchObject([{ published: '8080' }, { published: '9090' }, { published: '7070' }]);
  });

  it('keeps conditions it does not name, and replaces them by a name alone', () => {
    const more = '  b: {image: y}\n';
    const base = 'depends_on: {b: {condition: service_healthy}}';
    const read = (override: string) => mergeService(base, override, more)['depends_on'];
    expect(read('depends_on: {b: {restart: true}}')).toEqual({
      b: { condition: 'service_healthy', restart: true, required: true },
    });
    expect(read('depends_on: [b]')).toEqual({ b: { condition: 'service_started', required: true } });
  });

  it('takes away with !reset and replaces with !override', () => {
    const base = 'ports: ["80:80"]\nenvironment: {A: 1, B: 2}\ncommand: x\nlabels: {a: b}';
    const merged = mergeService(
      base,
      'ports: !reset []\nenvironment: {A: !reset null}\ncommand: !reset null\nlabels: !override {c: d}',
    );
    expect(merged['environment']).toEqual({ B: '2' });
    expect(merged['labels']).toEqual({ c: 'd' });
    expect([merged['ports'], merged['command']]).toEqual([undefined, undefined]);
  });

  it('resets what a service extends and what a file includes', () => {
    const extended = readProject('services:\n  b: {image: x, ports: ["80:80"]}\n  a: {extends: b, ports: !reset []}\n');
    expect(valuesOf(extended)['services']?.['a']?.['ports']).toBeUndefined();
    const included = readProject({
      'compose.yaml': 'include: [b.yaml]\nservices: {a: {ports: !override ["81:81"]}}\n',
      'b.yaml': 'services: {a: {image: x, ports: ["80:80"]}}\n',
    });
    expect(valuesOf(included)['services']?.['a']?.['ports']).toMatchObject([{ target: 81 }]);
    expect(valuesOf(included)['services']?.['a']?.['image']).toBe('x');
  });

  it('of another kind is told', () => {
    const texts = { 'compose.yaml': 'services: {a: {image: x}}\nx-a: [1]\n', 'compose.override.yaml': 'x-a: {b: 1}\n' };
    expect(codesOf(readProject(texts))).toEqual(['compose.merge-conflict 1']);
  });
});

/** Random files of one service: each key of one kind, so that nothing is in conflict. */
const name = fc.constantFrom('A', 'B', 'C');
const value = fc.constantFrom('1', '2', '3');
const pairs = fc.dictionary(name, value, { maxKeys: 3 });
const partial = fc.record(
  {
    image: value,
    environment: pairs,
    labels: pairs,
    command: fc.array(value, { maxLength: 2 }),
    cap_add: fc.uniqueArray(name, { maxLength: 3 }),
    dns: fc.uniqueArray(value, { maxLength: 3 }),
    security_opt: fc.uniqueArray(value, { maxLength: 3 }),
    volumes: fc.uniqueArray(fc.record({ type: fc.constant('bind'), source: value, target: name }), {
      selector: ({ target }) => target,
    }),
    healthcheck: fc.record({ test: fc.array(value), interval: value }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

function toNode(file: unknown): ComposeNode {
  const [node] = readFileNodes(JSON.stringify({ services: { a: file } }), 'f', new Reporter());
  if (node === undefined) throw new Error('the file cannot be read');
  return node;
}

describe('merging', () => {
  const merge = (left: ComposeNode, right: ComposeNode): ComposeNode => {
    const merged = mergeNodes(left, right, [], { report: new Reporter() });
    if (merged === undefined) throw new Error('nothing is left');
    return merged;
  };

  it('comes to the same in whichever order neighbours are put together', () => {
    fc.assert(
      fc.property(partial, partial, partial, (one, two, three) => {
        const [a, b, c] = [toNode(one), toNode(two), toNode(three)];
        expect(toValue(merge(merge(a, b), c))).toEqual(toValue(merge(a, merge(b, c))));
      }),
    );
  });

  it('of a file with itself or with nothing changes nothing', () => {
    fc.assert(
      fc.property(partial, (one) => {
        const node = toNode(one);
        expect(toValue(merge(node, node))).toEqual(toValue(node));
        expect(toValue(merge(toNode({}), node))).toEqual(toValue(node));
        expect(toValue(merge(node, toNode({})))).toEqual(toValue(node));
      }),
    );
  });
});
