import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutateBytes } from '../../metadata/mutate-bytes.fixture.ts';
import type { ListedProject } from './listed-project.ts';
import { PageRefused } from './page-refused.ts';
import { parseHtmlPage, parseHtmlProjectList } from './parse-html-page.ts';
import { parseJsonPage, parseJsonProjectList } from './parse-json-page.ts';

const runs = 300_000;
const longestMs = 2000;
const at = new URL('https://host.example/simple/six/');
const sha256 = 'a'.repeat(64);
const html =
  `<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.3"><base href="/x/"></head><body>` +
  `<a href="../p/six-1.0.tar.gz#sha256=${sha256}" data-requires-python="&gt;=3.8" data-yanked="no &amp; no">six</a><br>` +
  `<a href='https://cdn.example/six-1.0-py3-none-any.whl' data-core-metadata=true data-upload-time="2014-09-11T21:48:44Z">x</a></body></html>`;
const file = { filename: 'six-1.0.zip', url: '/p/six-1.0.zip', hashes: { sha256 }, yanked: 'slow', size: 12 };
const json = JSON.stringify({ meta: { 'api-version': '1.1' }, name: 'six', files: [file, file], versions: ['1.0'] });

describe('pages that are nearly right', () => {
  const readers: [string, string, (text: string) => ListedProject | readonly string[]][] = [
    ['HTML', html, (text) => parseHtmlPage(text, at)],
    ['JSON', json, (text) => parseJsonPage(text, at)],
    ['HTML list', html, parseHtmlProjectList],
    ['JSON list', '{"meta":{"api-version":"1.0"},"projects":[{"name":"six"},{"name":"a"}]}', parseJsonProjectList],
  ];
  it.each(readers)('%s is read or refused, and soon', (_what, original, read) => {
    fc.assert(
      fc.property(mutateBytes(Buffer.from(original)), (bytes) => {
        const began = performance.now();
        try {
          const found = read(bytes.toString());
          const files = 'files' in found ? found.files : [];
          if (files.some(({ url, filename }) => !/^https?:/.test(url) || /[/\\\0]/.test(filename)))
            throw new Error(`it reads ${JSON.stringify(files)}`);
        } catch (error) {
          if (!(error instanceof PageRefused)) throw error;
        }
        expect(performance.now() - began).toBeLessThan(longestMs);
      }),
      { numRuns: runs },
    );
  });
});
