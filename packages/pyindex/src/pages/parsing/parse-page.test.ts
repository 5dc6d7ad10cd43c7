import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProjectPage, ReleaseFile } from '../../source.ts';
import { renderHtmlList, renderHtmlPage } from '../render-html.ts';
import { renderJsonList, renderJsonPage } from '../render-json.ts';
import type { ListedFile } from './listed-project.ts';
import { PageRefused } from './page-refused.ts';
import { parseHtmlPage, parseHtmlProjectList } from './parse-html-page.ts';
import { parseJsonPage, parseJsonProjectList } from './parse-json-page.ts';

const sha256 = 'a'.repeat(64);
const at = new URL('https://host.example/simple/six/');
const link = (attributes: string): string => `<a ${attributes}>x</a>`;
const readOne = (attributes: string): ListedFile | undefined => parseHtmlPage(link(attributes), at).files[0];

describe('parseHtmlPage', () => {
  it('reads every attribute, entities resolved', () => {
    const file = readOne(
      `href="../../p/six-1.0-py3-none-any.whl#sha256=${sha256.toUpperCase()}" data-requires-python="&gt;=3.8, &#60;4" ` +
        `data-yanked="broken &amp; slow" data-core-metadata="sha256=${sha256}" data-upload-time="2014-09-11T21:48:44.576059Z"`,
    );
    expect(file).toEqual({
      filename: 'six-1.0-py3-none-any.whl',
      url: 'https://host.example/p/six-1.0-py3-none-any.whl',
      hashes: { sha256 },
      requiresPython: '>=3.8, <4',
      yanked: 'broken & slow',
      coreMetadata: { sha256 },
      uploadTime: '2014-09-11T21:48:44.576059Z',
    });
  });

  it.each([
    [`data-dist-info-metadata="true"`, { coreMetadata: {} }],
    [`data-dist-info-metadata="sha256=${sha256}"`, { coreMetadata: { sha256 } }],
    [`data-core-metadata="false"`, {}],
    [`data-core-metadata="true" data-dist-info-metadata="sha256=${sha256}"`, { coreMetadata: {} }],
    [`data-yanked`, { yanked: '' }],
    [`data-yanked=""`, { yanked: '' }],
    [`data-requires-python="{>3}"`, {}],
    [`data-upload-time="yesterday"`, {}],
    [`data-upload-time="2014-09-11T21:48:44+00:00"`, { uploadTime: '2014-09-11T21:48:44Z' }],
    [`data-upload-time="2014-19-11T21:48:44Z"`, {}],
  ])('reads %s', (attributes, expected) => {
    expect(readOne(`href="six-1.0.tar.gz" ${attributes}`)).toEqual({
      filename: 'six-1.0.tar.gz',
      url: 'https://host.example/simple/six/six-1.0.tar.gz',
      hashes: {},
      ...expected,
    });
  });

  it.each([
    ['ftp://host.example/six-1.0.tar.gz'],
    ['javascript:alert(1)//six-1.0.tar.gz'],
    ['file:///etc/six-1.0.tar.gz'],
    ['https://host.example/..%2Fsix-1.0.tar.gz'],
    ['https://host.example/%00six-1.0.tar.gz'],
    ['https://host.example/%ffsix-1.0.tar.gz'],
    ['https://host.example/six.html'],
    ['https://[/six-1.0.tar.gz'],
    [`https://host.example/${'a'.repeat(5000)}/six-1.0.tar.gz`],
    [''],
  ])('leaves out %s', (href) => {
    expect(readOne(`href="${href}"`)).toBeUndefined();
  });

  it('follows the first base, and takes the first of two attributes', () => {
    const page = parseHtmlPage(
      `<base href="https://cdn.example/x/"><base href="/y/"><A HREF='six-1.0.zip' href=no.zip>`,
      at,
    );
    expect(page.files.map(({ url }) => url)).toEqual(['https://cdn.example/x/six-1.0.zip']);
  });

  it('sees no links in comments, scripts and attributes', () => {
    const hidden = link('href="six-1.0.zip"');
    expect(parseHtmlPage(`<!-- ${hidden} --><script>${hidden}</script><p title='${hidden}'>`, at).files).toEqual([]);
  });

  it('keeps only digests that can be ones', () => {
    expect(readOne('href="six-1.0.zip#sha256=12"')?.hashes).toEqual({});
    expect(readOne(`href="six-1.0.zip#__proto__=${sha256}"`)?.hashes).toEqual({});
    expect(readOne(`href="six-1.0.zip#md5=${'0'.repeat(32)}&amp;egg=six"`)?.hashes).toEqual({ md5: '0'.repeat(32) });
  });

  it('reads status, and refuses another major version', () => {
    const meta = (name: string, content: string): string => `<meta name="pypi:${name}" content="${content}">`;
    const text =
      meta('project-status', 'archived') + meta('project-status-reason', 'gone') + meta('repository-version', '1.9');
    expect(parseHtmlPage(text, at).status).toEqual({ status: 'archived', reason: 'gone' });
    expect(() => parseHtmlPage(meta('repository-version', '2.0'), at)).toThrow(PageRefused);
  });

  it.each([
    ['elements that do not end', '<a href="six-1.0.zip">'.repeat(50_000)],
    ['tags that were not opened', '<b>'.repeat(100_000) + '</i>'.repeat(100_000)],
    ['one attribute after another', `<a ${'x="y" '.repeat(200_000)}>`],
    ['a tag that does not end', `<a href="${'a'.repeat(3_000_000)}`],
    ['entities', `<a href="${'&amp;'.repeat(500_000)}">`],
    ['comments that do not end', '<!--'.repeat(500_000)],
    ['dots', `<a href="${'../'.repeat(1000)}six-1.0.zip">`.repeat(1000)],
  ])('takes time in proportion to the length: %s', (_, text) => {
    const since = process.cpuUsage();
    parseHtmlPage(text, at);
    expect(process.cpuUsage(since).user / 1000).toBeLessThan(5000);
  });

  it('is steady with any text', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '<a href="',
        '">',
        '<!--',
        '-->',
        '<base href="',
        '&#x110000;',
        '&#0;',
        '<script>',
        "'",
        'six-1.0.zip',
        '<',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { files } = parseHtmlPage(pieces.join(''), at);
        expect(files.every(({ url }) => /^https?:/.test(url))).toBe(true);
      }),
    );
  });
});

describe('parseJsonPage', () => {
  const page = (files: unknown, more: object = {}): string =>
    JSON.stringify({ meta: { 'api-version': '1.1' }, name: 'six', files, ...more });

  it('reads every key', () => {
    const files = [
      {
        filename: 'else.zip',
        url: '/p/six-1.0.zip',
        hashes: { sha256, nonsense: 'x' },
        'requires-python': '>=3',
        yanked: 'slow',
        'core-metadata': { sha256 },
        size: 12,
        'upload-time': '2014-09-11T21:48:44Z',
      },
    ];
    expect(parseJsonPage(page(files, { versions: ['1.0', 7], 'project-status': { status: 'archived' } }), at)).toEqual({
      files: [
        {
          filename: 'six-1.0.zip',
          url: 'https://host.example/p/six-1.0.zip',
          hashes: { sha256 },
          requiresPython: '>=3',
          yanked: 'slow',
          coreMetadata: { sha256 },
          sizeBytes: 12,
          uploadTime: '2014-09-11T21:48:44Z',
        },
      ],
      versions: ['1.0'],
      status: { status: 'archived' },
    });
  });

  it.each([
    [{ yanked: true }, { yanked: '' }],
    [{ yanked: false }, {}],
    [{ 'core-metadata': true }, { coreMetadata: {} }],
    [{ 'core-metadata': false, 'dist-info-metadata': true }, {}],
    [{ 'dist-info-metadata': { sha256 } }, { coreMetadata: { sha256 } }],
    [{ size: -1 }, {}],
    [{ size: 1.5 }, {}],
    [{ size: '12' }, {}],
    [{ 'requires-python': null }, {}],
  ])('reads %j', (keys, expected) => {
    const [file] = parseJsonPage(page([{ url: 'six-1.0.zip', hashes: {}, ...keys }]), at).files;
    expect(file).toEqual({
      filename: 'six-1.0.zip',
      url: 'https://host.example/simple/six/six-1.0.zip',
      hashes: {},
      ...expected,
    });
  });

  it.each([
    '',
    '[]',
    'null',
    '{}',
    '{"files":[]}',
    page({}),
    page([]).replace('1.1', '2.0'),
    '{"meta":{"api-version":"1.0"',
  ])('refuses %s', (text) => {
    expect(() => parseJsonPage(text, at)).toThrow(PageRefused);
  });

  it('is steady with any value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const keys = ['url', 'hashes', 'yanked', 'core-metadata', 'size', 'upload-time', 'requires-python'];
        const file = Object.fromEntries(keys.map((key) => [key, value]));
        const files = [value, file, { ...file, url: 'six-1.0.zip' }];
        expect(parseJsonPage(page(files, { versions: [value] }), at).files.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('project lists', () => {
  it('are read as they are written, in both formats', () => {
    const names = ['a', 'b-c', 'd2'];
    expect(parseHtmlProjectList(renderHtmlList(names, 'root/stable'))).toEqual(names);
    expect(parseJsonProjectList(renderJsonList(names))).toEqual(names);
  });

  it('may have links from the root', () => {
    expect(parseHtmlProjectList('<a href="/simple/A.b/">A.b</a><a href="https://h/simple/c?x=1">')).toEqual([
      'A.b',
      'c',
    ]);
  });
});

describe('rendered pages', () => {
  const word = fc.string({ unit: fc.constantFrom('a', '<', '>', '&', '"', "'", ' ', 'é', ';', '#'), maxLength: 12 });
  const file: fc.Arbitrary<ReleaseFile> = fc
    .record(
      {
        version: fc.constantFrom('1.0', '2.0rc1', '1!3+x.y'),
        hashes: fc.constantFrom({ sha256 }, {}, { md5: 'b'.repeat(32) }),
        requiresPython: fc.constantFrom('>=3.8,<4', '~=3.9', "!='3'"),
        yanked: word,
        coreMetadata: fc.constantFrom({}, { sha256 }),
        uploadTime: fc.constant('2014-09-11T21:48:44.5Z'),
        index: fc.constantFrom('root/stable', 'root/pypi', 'al@ice/dev'),
      },
      { requiredKeys: ['version', 'hashes', 'index'] },
    )
    .map(({ index, version, ...more }) => ({
      ...more,
      filename: `six-${version}.tar.gz`,
      origin: { index, kind: 'mirror' as const },
      upstreamUrl: `https://up.example/${version}`,
    }));

  /** What a page says of a file besides its address. */
  const pickTold = (told: ReleaseFile | ListedFile): unknown => {
    const { filename, hashes, requiresPython, yanked, coreMetadata, uploadTime } = told;
    return { filename, hashes, requiresPython, yanked, coreMetadata, uploadTime };
  };

  it('are read as they were written, by HTML and by JSON', () => {
    const place = { index: 'root/stable', path: '+simple/six/' };
    const from = new URL('https://us.example/root/stable/+simple/six/');
    fc.assert(
      fc.property(fc.array(file, { maxLength: 5 }), word, (files, note) => {
        const page: ProjectPage = { name: 'six', files, notes: [note] };
        const fromHtml = parseHtmlPage(renderHtmlPage(page, place), from).files;
        const fromJson = parseJsonPage(renderJsonPage(page, place), from).files;
        expect(fromHtml).toEqual(fromJson);
        expect(fromJson.map(pickTold)).toEqual(files.map(pickTold));
        for (const [position, { url }] of fromJson.entries())
          expect(decodeURI(url)).toContain(`https://us.example/${files[position]?.origin.index}/+`);
      }),
    );
  });

  it('lead to the same files from wherever they are read', () => {
    const page: ProjectPage = {
      name: 'six',
      files: ['root/stable', 'root/pypi'].map((index) => ({
        filename: 'six-1.0.zip',
        hashes: { sha256 },
        origin: { index, kind: 'stage' },
      })),
    };
    for (const path of ['+simple/six/', '+simple/six', 'six', '']) {
      const from = new URL(`https://us.example/root/stable${path === '' ? '' : `/${path}`}`);
      const { files } = parseJsonPage(renderJsonPage(page, { index: 'root/stable', path }), from);
      const address = `+f/aaa/${'a'.repeat(13)}/six-1.0.zip`;
      expect(files.map(({ url }) => url)).toEqual([
        `https://us.example/root/stable/${address}`,
        `https://us.example/root/pypi/${address}`,
      ]);
    }
  });

  it('say what is held back and why', () => {
    const held = { filename: 'six-2.0.zip', hashes: {}, origin: { index: 'root/pypi', kind: 'mirror' as const } };
    const page: ProjectPage = {
      name: 'six',
      files: [],
      versions: ['1.0', '1.0rc1'],
      withheld: [{ file: held, rule: 'guard.min-age', reason: 'younger than <7> days' }],
    };
    const place = { index: 'root/stable', path: '+simple/six/' };
    expect(renderHtmlPage(page, place)).toContain(
      '<p>INFO: six-2.0.zip is held back (guard.min-age): younger than &lt;7&gt; days</p>',
    );
    expect(JSON.parse(renderJsonPage(page, place))).toEqual({
      meta: { 'api-version': '1.4' },
      name: 'six',
      versions: ['1.0rc1', '1.0'],
      files: [],
      _devstead: {
        private: false,
        withheld: [{ filename: 'six-2.0.zip', rule: 'guard.min-age', reason: 'younger than <7> days' }],
        notes: [],
      },
    });
  });
});
