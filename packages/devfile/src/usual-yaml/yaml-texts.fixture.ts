import fc from 'fast-check';

/** Lines of a value, the first without indentation; `isInline` when it may follow a key or a dash on the same line. */
interface Written {
  readonly lines: readonly string[];
  readonly isInline: boolean;
}

const word = fc.constantFrom(
  'a',
  'b',
  'name',
  'yes',
  'n',
  '5',
  '0x1F',
  '0120',
  '1e3',
  '~',
  'null',
  '1.10',
  'x:y',
  "it's",
  'é',
  '🚀',
);
const odd = fc.constantFrom(
  '{{v}}',
  '<<',
  'a\tb',
  '*a',
  '&a b',
  '!t c',
  '@x',
  '%y',
  'k: v',
  '- a',
  'a:',
  '? b',
  ', c',
  '>x',
);
const plain = fc.oneof(
  { weight: 1, arbitrary: odd },
  { weight: 20, arbitrary: fc.constantFrom('a', 'v1', '2Gi', 'true', '/x/y') },
  { weight: 20, arbitrary: word },
  { weight: 10, arbitrary: fc.array(word, { minLength: 2, maxLength: 4 }).map((words) => words.join(' ')) },
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      'a#b',
      'a "b"',
      '-1',
      '.5',
      '$(x)',
      'v{{v}}',
      'a, b',
      'http://h:80/p?q=1#f',
      'a  b',
      '=',
    ),
  },
);
const quotable = fc.oneof(
  plain,
  fc.constantFrom('', ' ', '# no', '- a', 'k: v', '[', '{}', '---', 'a\\'),
  fc.string({ maxLength: 6 }),
);
const comment = fc.constantFrom('', '', '', ' # c', '  ', ' #');

const inline = (text: string): Written => ({ lines: [text], isInline: true });
const double = quotable.map((text) => JSON.stringify(text));
const single = quotable.filter((text) => !/[\n\r]/.test(text)).map((text) => `'${text.replaceAll("'", "''")}'`);
const flowWord = fc.oneof(double, single, fc.constantFrom('a', 'b c', '5', 'yes', 'h:80', '/a/b', '~', '{{v}}', '-1'));
const { flow } = fc.letrec<{ flow: string }>((tie) => ({
  flow: fc.oneof(
    { maxDepth: 3 },
    flowWord,
    fc
      .tuple(fc.array(tie('flow'), { maxLength: 3 }), fc.constantFrom(',', ', ', ' , ', ',\n   '))
      .map(([items, separator]) => `[${items.join(separator)}]`),
    fc
      .tuple(fc.array(fc.tuple(flowWord, tie('flow')), { maxLength: 3 }), fc.constantFrom(': ', ':', ' : '))
      .map(([pairs, colon]) => `{ ${pairs.map(([key, value]) => `${key}${colon}${value}`).join(', ')} }`),
  ),
}));

const textLine = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('', 'if x; then', 'b', 'a: b', '# no', 'tail ', 'wide\u3000', '- x', '"') },
  fc.constantFrom(' ', '   ', '  indented', '\tt'),
);
const blockScalar = fc
  .tuple(fc.constantFrom('|', '>', '|-', '>-', '|+', '>+', '|2', '| '), fc.array(textLine, { maxLength: 5 }))
  .map(([header, lines]): Written => ({ lines: [header, ...lines.map((line) => `  ${line}`)], isInline: true }));
const severalLines = fc
  .tuple(
    fc.constantFrom('', '"', "'"),
    fc.array(fc.constantFrom('a', 'b c', '', '  d', 'e ', "''", '\\n', '- f', 'g:h', 'i\u00a0'), {
      minLength: 2,
      maxLength: 4,
    }),
  )
  .map(([quote, lines]): Written => {
    const [first = '', ...rest] = lines;
    return {
      lines: [
        quote + (first || 'z'),
        ...rest.map((line, index) => `  ${line}${index === rest.length - 1 ? quote : ''}`),
      ],
      isInline: true,
    };
  });

const leaf: fc.Arbitrary<Written> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.oneof(plain, double, single), comment).map(([text, end]) => inline(text + end)) },
  fc.tuple(flow, comment).map(([text, end]): Written => {
    const [first = '', ...rest] = `${text}${end}`.split('\n');
    return { lines: [first, ...rest], isInline: true };
  }),
  blockScalar,
  severalLines,
);

const key = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.constantFrom(
      'a',
      'b',
      'c',
      'd',
      'e',
      'name',
      'a b',
      'x.y/z',
      '__proto__',
      'constructor',
      '1.10',
      '0',
    ),
  },
  fc.constantFrom('yes', '~', '"a"', "'b c'", 'n', '<<', 'a ', '? a', '-a', '.a', '""'),
);

const { collection } = fc.letrec<{ node: Written; collection: Written }>((tie) => ({
  node: fc.oneof({ maxDepth: 4 }, leaf, tie('collection')),
  collection: fc.oneof(
    fc
      .tuple(
        fc.uniqueArray(fc.tuple(key, tie('node'), fc.boolean()), {
          minLength: 1,
          maxLength: 4,
          selector: ([name]) => name.replaceAll(/["' ]/g, ''),
        }),
        fc.constantFrom(1, 2, 4),
        comment,
      )
      .map(
        ([pairs, indent, end]): Written => ({
          lines: pairs.flatMap(([name, value, isBelow]) => attach(`${name}:`, value, indent, isBelow, end)),
          isInline: false,
        }),
      ),
    fc.tuple(fc.array(fc.tuple(tie('node'), fc.boolean()), { minLength: 1, maxLength: 3 }), comment).map(
      ([items, end]): Written => ({
        lines: items.flatMap(([value, isBelow]) => attach('-', value, 2, isBelow, end, true)),
        isInline: false,
      }),
    ),
  ),
}));

function attach(head: string, value: Written, indent: number, isBelow: boolean, end: string, isItem = false): string[] {
  const [first = '', ...rest] = value.lines;
  const pad = ' '.repeat(indent);
  if (isItem && !isBelow) return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
  if (value.isInline && !isBelow) return [`${head} ${first}`, ...rest.map((line) => pad + line)];
  const deeper = first.startsWith('- ') && !isItem && isBelow ? '' : pad;
  return [`${head}${end}`, ...value.lines.map((line) => deeper + line)];
}

const between = fc.oneof(
  { weight: 12, arbitrary: fc.constant('\n') },
  fc.constantFrom('\n\n', '\n# c\n', '\n  # c\n', '\n   \n'),
);

/** Texts that are YAML or nearly, in all the ways that people write it. */
export const yamlTexts: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '', '---\n', '# c\n', '\n', '--- # c\n'),
    collection,
    between,
    fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom('', '\n', '\n\n', ' ') },
      fc.constantFrom('\n...\n', '\n---\nb: 1\n'),
    ),
  )
  .map(([start, { lines }, lineBreak, end]) => start + lines.join(lineBreak) + end);

/** Pieces that mean something to YAML. */
const snippets = [
  '"',
  "'",
  ': ',
  '- ',
  '[',
  '{',
  '}',
  ']',
  ',',
  '&a ',
  '*a',
  '<<: *a',
  '|\n',
  '>-\n',
  '\t',
  '\n',
  '\n  ',
  '\r\n',
  '---\n',
  '...\n',
  '{{a}}',
  '!!int ',
  '~',
  '\u0000',
  '\ud800',
  '\ufeff',
  '\u2028',
  '\u00a0',
  '\u3000 ',
  '__proto__: ',
  '? ',
  ' #',
  '\\',
  '%',
  ':',
];

type Change = (text: string) => string;

const changeAnywhere = fc.record({ at: fc.nat(5000), cut: fc.nat(40), insert: fc.constantFrom('', ...snippets) }).map(
  ({ at, cut, insert }): Change =>
    (text) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + insert + text.slice(start + cut);
    },
);

const changeLine = fc
  .record({
    at: fc.nat(200),
    copies: fc.nat(2),
    pad: fc.constantFrom('', '  ', ' '),
    end: fc.constantFrom('', ' # c', ' '),
  })
  .map(
    ({ at, copies, pad, end }): Change =>
      (text) => {
        const lines = text.split('\n');
        const index = at % lines.length;
        lines.splice(index, 1, ...Array<string>(copies).fill(pad + lines[index] + end));
        return lines.join('\n');
      },
  );

/** One of the texts with a few changes. */
export function mutate(seeds: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.oneof(changeAnywhere, changeLine), { minLength: 1, maxLength: 4 }))
    .map(([seed, changes]) => changes.reduce((text, change) => change(text), seed));
}

/** Snippets in any order. */
export const tokenSoup: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...snippets, 'a', 'b', 'a: ', 'x: 1\n', '  ', '\n'), fc.string({ maxLength: 3 })), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));
