import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDotenv, parseRawEnvironment } from './parse-dotenv.ts';

const outside: Readonly<Record<string, string>> = { HOME: '/root', OUT: 'outside' };
const lookUp = (name: string) => (Object.hasOwn(outside, name) ? { value: outside[name] ?? '' } : undefined);

function read(text: string): Record<string, string> {
  const { variables, problems } = parseDotenv(text, { file: '.env', lookUp });
  expect(problems.filter(({ isMinor }) => isMinor !== true)).toEqual([]);
  return Object.fromEntries([...variables].map(([name, { value }]) => [name, value]));
}

describe('parseDotenv', () => {
  it.each<[string, Record<string, string>]>([
    ['A=1\nB = 2 \nC: 3\nexport D=4\n', { A: '1', B: '2', C: '3', D: '4' }],
    ['A=a b # comment\nB=a#b\nC=#x\n', { A: 'a b', B: 'a#b', C: '#x' }],
    ['# one\n  # two\n\nA=1', { A: '1' }],
    ['A="a # b" # c\n', { A: 'a # b' }],
    [`A='a $X "q" \\n'\n`, { A: 'a $X "q" \\n' }],
    ['A="x\\ty\\nz \\"q\\" \\\\ \\x"\n', { A: 'x\ty\nz "q" \\ \\x' }],
    ['A="one\ntwo"\nB=3\n', { A: 'one\ntwo', B: '3' }],
    ["A='one\ntwo'\n", { A: 'one\ntwo' }],
    ['A=1\nB=${A}2\nC="$A$B"\n', { A: '1', B: '12', C: '112' }],
    ['OUT=inside\nB=$OUT\n', { OUT: 'inside', B: 'outside' }],
    ['A=${NO:-default}\nB=${A:+yes}\n', { A: 'default', B: 'yes' }],
    ['A=$$B\nC="\\$A"\n', { A: '$B', C: '$A' }],
    ['A=\nB=""\n', { A: '', B: '' }],
    ['HOME\nNOT_SET\nA=1\n', { HOME: '/root', A: '1' }],
    ['A=1=2\nB.c=1\nD-e=2\n', { A: '1=2', 'B.c': '1', 'D-e': '2' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['\uFEFFA=1', { A: '1' }],
    ['A=1\nA=2\n', { A: '2' }],
    ["A='it\\'s'\n", { A: "it's" }],
    ['A="\\0101"\n', { A: 'A' }],
  ])('reads %j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ['A=1\nB C=2\n', 2],
    ['A="x\nB=2\n', 1],
    ['\n\nA!=1\n', 3],
    ['A=1\nB=${X\n', 2],
    ['A=${X:?needed}\n', 1],
  ])('%j has a fault in line %i', (text, line) => {
    expect(parseDotenv(text, { file: '.env', lookUp }).problems).toEqual([expect.objectContaining({ line })]);
  });

  it('knows the line of each variable, and warns of one that is not set', () => {
    const { variables, problems } = parseDotenv('# c\nA="x\ny"\nB=$NO\n', { file: '.env', lookUp });
    expect([variables.get('A'), variables.get('B')]).toEqual([
      { value: 'x\ny', file: '.env', line: 2 },
      { value: '', file: '.env', line: 4 },
    ]);
    expect(problems).toEqual([expect.objectContaining({ line: 4, isMinor: true })]);
  });

  it('gives any text back that stands in quotes', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const written = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '\\$');
        expect(read(`A="${written}"`)).toEqual({ A: value });
      }),
    );
  });

  it('never throws and always ends', () => {
    const unit = fc.constantFrom('A', '=', '"', "'", '\n', ' ', '#', '$', '{', '}', '\\', ':', 'é', '\r');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        expect(parseDotenv(text, { file: '.env', lookUp }).variables).toBeInstanceOf(Map);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('parseRawEnvironment', () => {
  it('takes lines as they stand', () => {
    const { variables } = parseRawEnvironment('# c\nA="x" # y\nB=$A\n\nC\n', 'a.env');
    expect([...variables].map(([name, { value }]) => [name, value])).toEqual([
      ['A', '"x" # y'],
      ['B', '$A'],
    ]);
  });
});
