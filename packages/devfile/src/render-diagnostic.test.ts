import type { Diagnostic } from '@devstead/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDiagnostic } from './render-diagnostic.ts';

const diagnostic: Diagnostic = {
  code: 'devfile.unknown-component',
  severity: 'error',
  message: 'there is no ap',
  file: 'devfile.yaml',
  line: 2,
  column: 14,
  endColumn: 16,
  hint: 'Did you mean `app`?',
};

describe('renderDiagnostic', () => {
  it('shows head, line, mark and hint', () => {
    expect(renderDiagnostic(diagnostic, 'exec:\n  component: ap\n')).toBe(
      [
        'error  devfile.unknown-component  devfile.yaml:2:14  there is no ap',
        '  2 |   component: ap',
        '    |              ^^',
        '  hint: Did you mean `app`?',
      ].join('\n'),
    );
  });

  it('keeps the mark under the place after tabs and wide characters', () => {
    const [, , mark] = renderDiagnostic({ ...diagnostic, line: 1, column: 4, endColumn: 5 }, '\t\u4e2d x').split('\n');
    expect(mark).toBe(`    | ${' '.repeat(4 + 2 + 1)}^`);
  });

  it('cuts long lines around the place', () => {
    const source = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`;
    const text = renderDiagnostic({ ...diagnostic, line: 1, column: 501, endColumn: 505 }, source, { width: 60 });
    const [, line = '', mark = ''] = text.split('\n');
    expect(line.length).toBeLessThan(80);
    expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('HERE');
  });

  it('does without a source or a place', () => {
    expect(renderDiagnostic({ code: 'a.b', severity: 'info', message: 'm' }, undefined)).toBe('info  a.b  m');
    expect(renderDiagnostic({ ...diagnostic, line: 99 }, 'one line')).toContain('devfile.yaml:99:14');
  });

  it('colours only when asked', () => {
    expect(renderDiagnostic(diagnostic, 'a\nb', { color: true })).toContain('\x1b[1;31merror\x1b[0m');
  });

  it('lets no control character of the text reach the terminal', () => {
    const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
    const hostile = fc.string({
      unit: fc.constantFrom('\x1b', '\x07', '\r', '\n', '\t', '\u009b', '\u202e', 'a', '\u4e2d', '\ud800'),
    });
    fc.assert(
      fc.property(hostile, hostile, fc.nat(30), fc.nat(30), (message, source, column, length) => {
        const place = { line: 1, column: column + 1, endColumn: column + 1 + length };
        const text = renderDiagnostic({ ...diagnostic, ...place, message, file: message, hint: message }, source);
        expect(text).not.toMatch(controls);
      }),
    );
  });
});
