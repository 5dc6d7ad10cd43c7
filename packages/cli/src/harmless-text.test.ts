import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { harmlessText } from './harmless-text.ts';

const esc = '\u001b';
const controls = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202e]/;

describe('a line a program printed', () => {
  it('keeps tabs and, where they are wanted, colours, which end with the line', () => {
    expect(harmlessText(`\ta ${esc}[1;31mred${esc}[0m`, true)).toBe(`\ta ${esc}[1;31mred${esc}[0m${esc}[0m`);
    expect(harmlessText(`\ta ${esc}[31mred`, false)).toBe('\ta red');
  });

  it('shows what would drive a terminal', () => {
    expect(harmlessText(`${esc}]0;title\u0007${esc}[2Jx\u009b1m\u202e`, true)).toBe(
      '\\x1b]0;title\\x07\\x1b[2Jx\\x9b1m\\u202e',
    );
  });

  it('drops the end of a line written for DOS, and shows a return within', () => {
    expect(harmlessText('50%\r100%\r', false)).toBe('50%\\x0d100%');
  });

  it('never lets a control character through', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(esc, '[', '31m', '\u009b', ';', '\r', '\u0007'),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.boolean(), (pieces, keepsColour) => {
        const shown = harmlessText(pieces.join(''), keepsColour);
        const rest = keepsColour ? shown.replaceAll(/\u001b\[[0-9;:]*m/g, '') : shown;
        expect(rest).not.toMatch(controls);
      }),
    );
  });
});
