import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findActive } from './find-active.fixture.ts';
import { renderReadme } from './render-readme.ts';

const markdown = 'text/markdown';

describe('a README', () => {
  it('is rendered as Markdown where it is, else shown as written', () => {
    expect(renderReadme('# A\n\n- b', markdown).text).toContain('<h3>A</h3>');
    expect(renderReadme('# A <b>', undefined).text).toBe('<pre># A &lt;b&gt;</pre>');
    expect(renderReadme('A\n=', 'text/x-rst').text).toMatch(/^<pre>/);
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt&colon;alert(1))',
    '[a](data:text/html,<script>)',
    '![a](https://example.com/pixel.png)',
    '[a][b]\n\n[b]: vbscript:x',
    '<https://example.com/"onclick="x>',
    '```"><script>\nx\n```',
  ])('runs and loads nothing: %s', (text) => {
    expect(findActive(renderReadme(text, markdown).text)).toEqual([]);
  });

  it('has no element of its own, whatever is written', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '"',
      'script',
      ' onload=',
      '[a](',
      ')',
      'javascript:',
      '`',
      '*',
      '\n',
      '![',
      '](',
      'https://x',
      '&lt;',
      '|',
      '#',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        expect(findActive(renderReadme(parts.join(''), markdown).text)).toEqual([]);
      }),
    );
  });

  it('that is long is cut', () => {
    expect(renderReadme('x '.repeat(300_000), markdown).text.length).toBeLessThan(450_000);
  });

  it('is shown as it is written where a table would have more cells than characters', () => {
    const table = (columns: number, rows: number): string =>
      `${'|a'.repeat(columns)}\n${'|-'.repeat(columns)}\n${'b\n'.repeat(rows)}`;
    expect(renderReadme(table(10, 1000), markdown).text).toContain('<table>');
    expect(renderReadme(table(1000, 1000), markdown).text.length).toBeLessThan(10_000);
  });
});
