import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { readDevfile } from './read-devfile.ts';

const head = 'schemaVersion: 2.2.2\n';

/** As many lines as fit into the bytes, behind the start. */
function fill(bytes: number, start: string, makeLine: (index: number) => string): string {
  const parts = [start];
  for (let size = start.length, index = 0; ; index++) {
    const line = makeLine(index);
    size += line.length;
    if (size > bytes) return parts.join('');
    parts.push(line);
  }
}

function fillHalves(
  bytes: number,
  first: readonly [string, (index: number) => string],
  second: readonly [string, (index: number) => string],
): string {
  return fill(bytes / 2, ...first) + fill(bytes / 2, ...second);
}

const container = (index: number) => `- {name: c${index}, container: {image: i}}\n`;
const exec = (index: number) => `- {id: k${index}, exec: {component: z${index}, commandLine: x}}\n`;

const makers: Readonly<Record<string, (bytes: number) => string>> = {
  'one port': (bytes) =>
    fill(bytes, `${head}components:\n`, (index) => {
      return `- {name: c${index}, container: {image: i, endpoints: [{name: e${index}, targetPort: 1}]}}\n`;
    }),
  'unknown components': (bytes) => fillHalves(bytes, [`${head}components:\n`, container], ['commands:\n', exec]),
  'unknown volumes': (bytes) =>
    fillHalves(
      bytes,
      [`${head}components:\n`, (index) => `- {name: v${index}, volume: {}}\n`],
      ['', (index) => `- {name: c${index}, container: {image: i, volumeMounts: [{name: z${index}}]}}\n`],
    ),
  'unknown members': (bytes) =>
    fill(bytes, `${head}commands:\n`, (index) => `- {id: k${index}, composite: {commands: [z${index}]}}\n`),
  'a chain of composites': (bytes) =>
    fill(bytes, `${head}commands:\n`, (index) => `- {id: k${index}, composite: {commands: [k${index + 1}]}}\n`),
  'circles of composites': (bytes) =>
    fill(bytes, `${head}commands:\n`, (index) => `- {id: k${index}, composite: {commands: [k0, k${index + 1}]}}\n`),
  'unknown commands of events': (bytes) =>
    fillHalves(bytes, [`${head}commands:\n`, exec], ['events:\n  postStart:\n', (index) => `  - z${index}\n`]),
  'chains bound to events': (bytes) =>
    fillHalves(
      bytes,
      [`${head}commands:\n`, (index) => `- {id: k${index}, composite: {commands: [k${index + 1}]}}\n`],
      ['events:\n  postStart:\n', (index) => `  - k${index}\n`],
    ),
  'undefined variables': (bytes) =>
    fill(
      bytes,
      `${head}components:\n- name: c\n  container:\n    image: i\n    args:\n`,
      (index) => `    - "{{z${index}}}"\n`,
    ),
  'defaults of one group': (bytes) =>
    fill(
      bytes,
      `${head}commands:\n`,
      (index) => `- {id: k${index}, composite: {group: {kind: run, isDefault: true}}}\n`,
    ),
  'unknown fields': (bytes) =>
    fill(bytes, `${head}components:\n`, (index) => `- {name: c${index}, container: {image: i, endpoint: []}}\n`),
  'wrong types': (bytes) =>
    fill(bytes, `${head}components:\n`, (index) => `- {name: ${index}, container: {image: 5}}\n`),
  'missing names': (bytes) => fill(bytes, `${head}components:\n`, () => '- {container: {image: 5}}\n'),
  annotations: (bytes) =>
    fill(bytes, `${head}components:\n`, (index) => {
      return `- {name: c${index}, container: {image: i, annotation: {deployment: {a: "${index}"}}}}\n`;
    }),
  'closing brackets': (bytes) => ']'.repeat(bytes),
  'brackets that match none': (bytes) => '}!'.repeat(bytes / 2),
  quotes: (bytes) => '"'.repeat(bytes),
  'keys of nothing': (bytes) => fill(bytes, 'a:\n', () => '- @\n'),
};

async function measure(text: string): Promise<number> {
  const start = process.cpuUsage();
  // More is allowed than there is, so that all of it is looked at.
  const { diagnostics } = await readDevfile(text, { file: 'f', maxBytes: 4 * limits.bytes });
  const { user, system } = process.cpuUsage(start);
  expect(diagnostics.length).toBeGreaterThan(0);
  return (user + system) / 1000;
}

// Processor time is measured; on a busy machine it takes longer by the clock.
describe('a devfile as large as allowed', () => {
  it.each(Object.keys(makers))('with nothing but %s takes no more time than its size explains', async (name) => {
    const make = makers[name] ?? (() => '');
    const [small, large] = [make(limits.bytes / 4), make(limits.bytes)];
    let growth = Number.POSITIVE_INFINITY;
    // Four times the size is about four times the work, and sixteen when it is quadratic; the best of three, because
    // other work on the machine only ever adds. What takes no time cannot be compared.
    for (let round = 0; round < 3 && growth > 8; round++) {
      const before = await measure(small);
      growth = Math.min(growth, (await measure(large)) / Math.max(before, 50));
    }
    expect(growth).toBeLessThan(8);
  });
});
