import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAlias, isMap, isScalar, isSeq, parseDocument, stringify } from 'yaml';
import { findSpot } from './find-spot.ts';
import { listChildren, type TreeNode } from './node.ts';
import { parseTree } from './parse-tree.ts';

/** The structure as plain data: keys, texts, places. */
function outline(node: TreeNode | undefined): unknown {
  if (node === undefined) return null;
  if (node.kind === 'map') return node.entries.map(({ key, value }) => [key.value, outline(value)]);
  if (node.kind === 'list') return { list: node.items.map(({ value }) => outline(value)) };
  return node.kind === 'alias'
    ? `*${node.name}`
    : [node.style, node.style === 'block' ? node.start : node.value, node.start];
}

const styles: Readonly<Record<string, string>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

/** The same of what the YAML library reads. */
function outlineOf(node: unknown): unknown {
  if (isMap(node)) {
    return node.items.map(({ key, value }) => [isScalar(key) ? (key.source ?? '') : '?', outlineOf(value)]);
  }
  if (isSeq(node)) return { list: node.items.map(outlineOf) };
  if (isAlias(node)) return `*${node.source}`;
  if (!isScalar(node) || node.range === undefined || node.range === null) return null;
  const style = styles[node.type ?? ''] ?? '';
  if (style === 'plain' && node.source === '') return null;
  return [style, style === 'block' ? node.range[0] : node.source, node.range[0]];
}

/** What both read of a text that has no mistakes. */
function readBoth(text: string): readonly [unknown, unknown] {
  const document = parseDocument(text, { uniqueKeys: false, merge: false, schema: 'failsafe' });
  if (document.errors.length > 0) throw new Error(`the text has mistakes: ${document.errors[0]?.message}`);
  return [outline(parseTree(text)), outlineOf(document.contents)];
}

const folder = fileURLToPath(new URL('../../../fixtures/', import.meta.url));

describe('parseTree', () => {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));

  it.each(paths)('reads %s as the YAML library does', (path) => {
    const [read, expected] = readBoth(readFileSync(join(folder, path), 'utf8'));
    expect(read).toEqual(expected);
  });

  it.each([
    'a: 1\nb:\n- x\n- y: 2\n  z: 3\nc: d',
    'a: # why\n  # more\n  b: c # d\n\n\n  e: "f: g" # h\n',
    "a: 'it''s'\nb: \"x\\ty\\u00e9\\\n  z\"\nc: >-\n  folded\n  text: no\n\nd: |2\n    x\n   y\ne: f",
    'a: {b: c, "d": [1, 2, {e: f}], g: }\nh: [\n  x, # y\n  z\n]',
    '{"a": {"b": ["c", 1, true, null]}, "d":"e"}',
    '# first\n%YAML 1.1\n---\na: b\n...\n',
    'a: &x\n  b: c\nd: *x\ne:\n  <<: *x\n  f: g\nh: !!str 5\ni: &y 6',
    'a: one\n  two\n\n  three\nb: c',
    '- - a\n  - b\n- c:\n    d\n  e: f\n-\n  g: h\n- - - i',
    'a: http://x:80/y#z\nb: -1\nc: - not a list\n'.replace('- not', '-not'),
    '\r\na:\r\n  b: c\r\n  d:\r\n    - e\r\n',
    '',
    '# only a comment',
  ])('reads %j as the YAML library does', (text) => {
    const [read, expected] = readBoth(text);
    expect(read).toEqual(expected);
  });

  it('reads any document as the YAML library does, in block and in flow style', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom('', 'a', '- x', '# y', '{{z}}', 'y: z', '"q"'),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        text,
        fc.boolean(),
        fc.integer(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-zA-Z][-\w. ]{0,8}\w$/), tie('value'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    }));
    fc.assert(
      fc.property(value, fc.boolean(), fc.constantFrom(2, 4), (document, isFlow, indent) => {
        const yaml = readBoth(stringify(document, { lineWidth: 0, indent, collectionStyle: isFlow ? 'flow' : 'any' }));
        const json = readBoth(JSON.stringify(document, null, isFlow ? 0 : indent));
        expect([yaml[0], json[0]]).toEqual([yaml[1], json[1]]);
      }),
      // A space that YAML does not count as one.
      { numRuns: 500, examples: [[[{ aa: '\u3000' }], false, 2]] },
    );
  }, 30_000);

  it('reads any text to its end, with places inside it and in order', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\n',
        ' ',
        '  ',
        ':',
        ': ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        ',',
        '"',
        "'",
        '#',
        '|',
        '>',
        '&a ',
        '*a',
        '---\n',
        '\t',
        '\r\n',
        'key',
        'a: b\n',
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.nat(), (pieces, at) => {
        const text = pieces.join('');
        const check = (node: TreeNode | undefined): void => {
          let last = node?.start ?? 0;
          for (const { span, key, value } of listChildren(node)) {
            expect(span.start).toBeGreaterThanOrEqual(last);
            expect(span.end).toBeLessThanOrEqual(node?.end ?? 0);
            expect(key?.end ?? 0).toBeLessThanOrEqual(span.end);
            check(value);
            last = span.end;
          }
        };
        const root = parseTree(text);
        check(root);
        findSpot(root, at % (text.length + 1));
      }),
      { numRuns: 3000 },
    );
  }, 30_000);

  it('reads the first document only', () => {
    expect(parseTree('a: b\n---\nc: d\n')).toEqual(parseTree('a: b\n'));
  });

  it.each([
    [
      'a key without a colon',
      'a:\n  im\n  image: x\n',
      [
        [
          'a',
          [
            ['im', null],
            ['image', 'x'],
          ],
        ],
      ],
    ],
    [
      'a key without a colon at the end',
      'a:\n  image: x\n  me',
      [
        [
          'a',
          [
            ['image', 'x'],
            ['me', null],
          ],
        ],
      ],
    ],
    [
      'a line that lies too deep',
      'a:\n  b: c\n    d: e\nf: g',
      [
        [
          'a',
          [
            ['b', 'c'],
            ['d', 'e'],
          ],
        ],
        ['f', 'g'],
      ],
    ],
    [
      'a text where a dash is missing',
      'a:\n  - b: c\n  de\nf: g',
      [
        ['a', { list: [[['b', 'c']], 'de'] }],
        ['f', 'g'],
      ],
    ],
    [
      'a bracket without an end',
      'a: [b, {c: d\ne: f',
      [
        ['a', { list: ['b', [['c', 'd']]] }],
        ['e', 'f'],
      ],
    ],
    [
      'a quote without an end',
      'a: "b\nc: d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'JSON without commas and ends',
      '{"a": {"b": 1 "c": [2\n "d',
      [
        [
          'a',
          [
            ['b', '1'],
            ['c', { list: ['2', 'd'] }],
          ],
        ],
      ],
    ],
  ])('takes %s for what it will be', (_name, text, expected) => {
    const simplify = (node: TreeNode | undefined): unknown => {
      if (node === undefined) return null;
      if (node.kind === 'map') return node.entries.map(({ key, value }) => [key.value, simplify(value)]);
      if (node.kind === 'list') return { list: node.items.map(({ value }) => simplify(value)) };
      return node.kind === 'alias' ? node.name : node.value;
    };
    expect(simplify(parseTree(text))).toEqual(expected);
  });

  it.each([
    ['lines without an end', 'a\n'.repeat(200_000)],
    ['one line of JSON', `{"a":[${'{"b":1},'.repeat(50_000)}1]}`],
    ['open brackets', '['.repeat(400_000)],
    ['dashes', '- '.repeat(200_000)],
    ['quotes', '"a\n'.repeat(150_000)],
    ['colons', 'a: '.repeat(150_000)],
  ])('takes %s in linear time', (_name, text) => {
    // Of the processor, so that other work on the machine does not count.
    const start = process.cpuUsage();
    parseTree(text);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(2000);
  });
});
