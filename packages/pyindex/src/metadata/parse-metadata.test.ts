import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetadataRefused } from './metadata-refused.ts';
import { parseMetadata } from './parse-metadata.ts';

const parse = (text: string) => parseMetadata(Buffer.from(text));
const head = 'Metadata-Version: 2.1\nName: six\nVersion: 1.0\n';

function problemOf(bytes: Uint8Array): string {
  try {
    parseMetadata(bytes);
    return 'none';
  } catch (error) {
    return error instanceof MetadataRefused ? error.problem : String(error);
  }
}

describe('parseMetadata', () => {
  it('reads fields, repeated ones, and the text below', () => {
    const metadata = parse(
      `${head}Requires-Dist: a\nrequires-dist: b; extra == "x"\nSummary:  A: thing \n\nBody: text\n\nMore`,
    );
    expect(metadata).toMatchObject({
      metadataVersion: '2.1',
      name: 'six',
      version: '1.0',
      description: 'Body: text\n\nMore',
    });
    expect(metadata.fields.get('requires-dist')).toEqual(['a', 'b; extra == "x"']);
    expect(metadata.fields.get('summary')).toEqual(['A: thing']);
  });

  it('reads a description that is a field, with its lines', () => {
    expect(parse(`${head}Description: One\n        two\n       |three\n`).description).toBe('One\ntwo\nthree');
  });

  it('reads other line ends and other encodings', () => {
    expect(parse(head.replaceAll('\n', '\r\n')).version).toBe('1.0');
    expect(parseMetadata(Buffer.from(`${head}Author: J\u00e9\n`, 'latin1')).fields.get('author')).toEqual(['J\u00e9']);
  });

  it.each([
    ['', 'unreadable'],
    ['Name: six\n', 'unreadable'],
    [`${head}Name: seven\n`, 'unreadable'],
    [`${head}Version: 2\n`, 'unreadable'],
    [' x\n', 'unreadable'],
    ['no field\n', 'unreadable'],
    [`${head}\0`, 'unreadable'],
    [`${head}${'A: b\n'.repeat(20_001)}`, 'too-large'],
    [`${head}\n${'x'.repeat(5 << 20)}`, 'too-large'],
  ])('refuses %.40j', (text, problem) => {
    expect(problemOf(Buffer.from(text))).toBe(problem);
  });

  it('takes no longer for many continued lines', () => {
    const since = process.cpuUsage();
    parse(`${head}Description: x\n${' y\n'.repeat(1_000_000)}`);
    expect(process.cpuUsage(since).user / 1000).toBeLessThan(5000);
  });

  it('is steady with any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(['none', 'unreadable']).toContain(problemOf(bytes));
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Name: a\n', 'Version: 1\n', ' x\n', '\n', ':\n', 'A:', '\r', 'é')),
        (lines) => {
          expect(['none', 'unreadable']).toContain(problemOf(Buffer.from(lines.join(''))));
        },
      ),
    );
  });
});
