import { describe, expect, it } from 'vitest';
import { renderTable } from './render-table.ts';

describe('a table', () => {
  it('has its columns in line and no spaces at the end of a line', () => {
    const rows = [
      ['a', 'long word', 'x'],
      ['abc', 'b', ''],
    ];
    expect(renderTable(rows, { hasColour: false })).toBe('  a    long word  x\n  abc  b\n');
  });

  it('does not count colours as width', () => {
    const rows = [
      [{ text: 'ok', colour: 'green' as const }, 'x'],
      ['warn', 'y'],
    ];
    expect(renderTable(rows, { hasColour: true, indent: '' })).toBe('\u001b[32mok\u001b[0m    x\nwarn  y\n');
  });
});
