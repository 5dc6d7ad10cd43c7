import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDifference } from './render-difference.ts';

describe('renderDifference', () => {
  it('shows what goes and what comes, with lines around it', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\n';
    const after = before.replace('b\n', 'B\nx\n').replace('i\n', '');
    expect(renderDifference('f', before, after, false)).toBe(
      '--- f\n+++ f\n@@ -1 +1 @@\n a\n-b\n+B\n+x\n c\n d\n@@ -7 +8 @@\n g\n h\n-i\n',
    );
    expect(renderDifference('f', before, before, false)).toBe('');
  });

  it('lets nothing of a file drive the terminal', () => {
    expect(renderDifference('f', 'a', '\x1b[31m', false)).not.toContain('\x1b');
  });

  it('has every line that goes and every line that comes', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = renderDifference('f', before, after, false).split('\n').slice(2);
        const count = (mark: string) => lines.filter((line) => line.startsWith(mark)).length;
        expect(count('+') - count('-')).toBe(
          before === after ? 0 : after.split('\n').length - before.split('\n').length,
        );
      }),
    );
  });
});
