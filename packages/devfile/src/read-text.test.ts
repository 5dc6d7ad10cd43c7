import { describe, expect, it } from 'vitest';
import { makeLimits } from './limits.ts';
import { readText } from './read-text.ts';

describe('readText', () => {
  it.each([
    ['a: b\r\nc:\r\n- d\r\n', { a: 'b', c: ['d'] }],
    ['a: |\r\n  b\r\n  c\r\n', { a: 'b\nc\n' }],
    ['a: &x b\nc: *x\n', { a: 'b', c: 'b' }],
    ['{"a": "b"}', { a: 'b' }],
    ['', null],
  ])('reads %j', async (text, value) => {
    const reading = await readText(text, 'f');
    expect(reading.diagnostics).toEqual([]);
    expect(reading.value).toEqual(value);
  });

  it('places values, whichever reader has read them', async () => {
    for (const text of ['a: 1\nb: two\n', 'a: 1\r\nb: two\r\n', 'a: &x 1\nb: two\n']) {
      const { positions } = await readText(text, 'f');
      expect(positions.locate(['b'])).toEqual({ line: 2, column: 4, endColumn: 7 });
      expect(positions.has(['c'])).toBe(false);
    }
  });

  it.each([
    ['bytes', `a: ${'x'.repeat(2000)}`, 'devfile.too-large'],
    ['wide characters', `a: ${'\u20ac'.repeat(400)}`, 'devfile.too-large'],
  ])('refuses more %s than allowed, and places it', async (_name, text, code) => {
    const { value, diagnostics } = await readText(text, 'f', { ...makeLimits(), bytes: 1000 });
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code, file: 'f', line: 1, column: 1 }]);
    expect((await readText(text, 'f', { ...makeLimits(), bytes: 3000 })).diagnostics).toEqual([]);
  });

  it('lives on after one deep document after another', async () => {
    const shapes = ['[', '{a: ', '- ', '? ', '[{"a":', '&a [', '!t {b: '];
    for (let round = 0; round < 20; round++) {
      for (const shape of shapes) {
        for (const depth of [65, 1000, 20_000]) {
          const { diagnostics } = await readText(shape.repeat(depth), 'f');
          expect(diagnostics.map(({ code }) => code)).toEqual(['devfile.too-deep']);
        }
      }
    }
    expect((await readText('a: &x 1', 'f')).value).toEqual({ a: 1 });
  });
});
