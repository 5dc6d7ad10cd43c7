import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextLines } from './text-lines.ts';

describe('TextLines', () => {
  it('goes from offset to position and back', () => {
    const text = fc.array(fc.constantFrom('\n', '\r\n', '\r', 'a', '😀', ''), { maxLength: 12 });
    fc.assert(
      fc.property(text, fc.nat(), (parts, at) => {
        const joined = parts.join('');
        const lines = new TextLines(joined);
        const offset = at % (joined.length + 1);
        const position = lines.positionAt(offset);
        const isInsideBreak = joined[offset - 1] === '\r' && joined[offset] === '\n';
        expect(lines.offsetAt(position)).toBe(isInsideBreak ? offset - 1 : offset);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes places outside the text for its ends', () => {
    const lines = new TextLines('ab\r\ncd');
    expect(lines.offsetAt({ line: -1, character: 5 })).toBe(0);
    expect(lines.offsetAt({ line: 0, character: 9 })).toBe(2);
    expect(lines.offsetAt({ line: 9, character: 0 })).toBe(6);
  });
});
