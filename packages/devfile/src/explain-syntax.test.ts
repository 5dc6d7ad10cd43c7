import { describe, expect, it } from 'vitest';
import { readDevfile } from './read-devfile.ts';

/** Line, marked text and hint of each problem. */
async function explain(body: string): Promise<unknown[]> {
  const text = `schemaVersion: 2.2.2\n${body}`;
  const { diagnostics } = await readDevfile(text, { file: 'd' });
  return diagnostics.map(({ line = 0, column = 0, endColumn = 0, hint }) => [
    line,
    text.split('\n')[line - 1]?.slice(column - 1, endColumn - 1),
    hint,
  ]);
}

describe('a mistake in the YAML', () => {
  it.each([
    ['a variable without quotes', 'a:\n  image: {{reg}}/app\n', [3, '{{reg}}/app', "Write '{{reg}}/app'."]],
    ['a variable alone without quotes', 'a:\n  image: {{reg}} # x\n', [3, '{{reg}}', "Write '{{reg}}'."]],
    ['a variable in a list', 'a:\n  - {{reg}}\n', [3, '{{reg}}', "Write '{{reg}}'."]],
    ['a tab', 'a:\n\tb: c\n', [3, '\t', 'Use spaces; YAML does not take tabs here.']],
    ['a colon in a value', 'a: echo "x": done\n', [2, 'echo "x": done', `Put it in quotes: 'echo "x": done'.`]],
    ['a character kept for later', 'a: @x\n', [2, '@x', "Put it in quotes: '@x'."]],
    ['a quote without an end', 'a: "b\nc: d\n', [2, '"b', 'Add " where it ends.']],
    ['a single quote without an end', "b: it's\na: 'b\nc: d\ne: it's\n", [3, "'b", "Add ' where it ends."]],
    ['text behind a quote', 'a: "x" y\n', [2, '"x" y', `Put the whole value in quotes: '"x" y'.`]],
    [
      'a map below a value',
      'a: b\n  c: d\n',
      [3, 'c: d', 'Indent it like the line above, or take the value away there.'],
    ],
    [
      'too little indentation',
      'a:\n    b: c\n  d: e\n',
      [4, 'd: e', 'Indent it by 0 or 4 spaces, like what it belongs to.'],
    ],
    [
      'a field beside dashes',
      'a:\n  - b: c\n    d: e\n  f: g\n',
      [5, 'f: g', 'Indent it by 4 spaces, like what it belongs to.'],
    ],
    ['a line without a colon', 'a:\n  b: c\n  d\n  e: f\n', [4, 'd', 'Write `field: value`, or take the line away.']],
    ['no space behind a colon', 'a:b\nc: d\n', [2, 'a:b', 'Write `a: b`.']],
    ['a list on the line of its key', 'a: - b\n', [2, '- b', 'Begin a new line before the dash.']],
    [
      'a list among fields',
      'a: b\n- c\n',
      [3, '- c', 'Put it below a key, or indent it like the other elements of its list.'],
    ],
    ['a bracket without an end', 'a: [b, c\nd: e\n', [3, 'd', 'Add ] where it ends.']],
    ['a comma too many', 'a: [b,, c]\n', [2, ',', 'Take it away.']],
    ['a bracket too many', 'a: [b]]\n', [2, ']', 'Take it away, or open what it is to close.']],
  ])('is shown where it is to be mended: %s', async (_what, body, expected) => {
    expect(await explain(body)).toEqual([expected]);
  });

  it('is shown in JSON too', async () => {
    const { diagnostics } = await readDevfile('{\n"schemaVersion": "2.2.2"\n"metadata": {}}', { file: 'd' });
    expect(diagnostics).toMatchObject([{ line: 3, hint: 'Put a comma between the two.' }]);
  });
});
