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
      '<!--',
      '-->',
      '<div>',
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

  it('shows the text of HTML, and none of its elements', () => {
    const logo = '<div align="center"><img src="https://example.com/logo.svg" alt=""></div>\n\n# A';
    expect(renderReadme(logo, markdown).text).toBe('<h3>A</h3>\n');
    expect(renderReadme('<p>One &amp; <b>two</b> <!-- three > --></p>', markdown).text).toBe('<p>One &amp; two</p>\n');
    expect(renderReadme('a<br/>b <kbd>c</kbd>', markdown).text).toBe('<p>a<br>b c</p>\n');
    expect(renderReadme('<p>x &lt;script&gt; <script', markdown).text).not.toContain('<script');
  });

  it.each(['<', '<!--', '<a ', '<p>\n'])('of %j over and over is read soon', (piece) => {
    const began = process.cpuUsage();
    renderReadme(piece.repeat(60_000 / piece.length), markdown);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(5000);
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
