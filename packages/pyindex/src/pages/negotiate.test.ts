import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { negotiateSimplePage, offeredTypes } from './negotiate.ts';

const json = 'application/vnd.pypi.simple.v1+json';
const html = 'application/vnd.pypi.simple.v1+html';
const plain = 'text/html; charset=utf-8';

describe('negotiateSimplePage', () => {
  it.each([
    [undefined, plain],
    ['', plain],
    ['*/*', plain],
    [`${json}, ${html};q=0.1, text/html;q=0.01`, json],
    [`${json}, ${html}; q=0.2, text/html; q=0.01`, json],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', plain],
    ['text/html', plain],
    [html, html],
    [json, json],
    ['application/vnd.pypi.simple.latest+json', json],
    ['application/vnd.pypi.simple.latest+html', html],
    [`text/html, ${json}`, json],
    [`text/html;q=0.9, ${json};q=0.8`, plain],
    [`${json};q=0, */*`, plain],
    ['text/html;q=0, */*', json],
    ['application/*', json],
    ['text/*', plain],
    ['application/json', 'application/json'],
    ['APPLICATION/VND.PYPI.SIMPLE.V1+JSON', json],
    ['application/vnd.pypi.simple.v2+json, text/html;q=0.1', plain],
    ['application/vnd.pypi.simple.v2+json', undefined],
    ['image/png', undefined],
    [`${json};q=0`, undefined],
    ['nonsense', undefined],
  ])('answers %s with %s', (accept, contentType) => {
    expect(negotiateSimplePage(accept)?.contentType).toBe(contentType);
  });

  it('lets the address decide', () => {
    expect(negotiateSimplePage('text/html', json)?.contentType).toBe(json);
    expect(negotiateSimplePage('text/html', json.replace('+', ' '))?.contentType).toBe(json);
    expect(negotiateSimplePage(json, 'text/html')?.contentType).toBe(plain);
    expect(negotiateSimplePage('*/*', 'application/xml')).toBeUndefined();
  });

  it('answers only what was accepted', () => {
    const range = fc.tuple(
      fc.constantFrom(...offeredTypes, 'image/png'),
      fc.constantFrom('', ';q=0', ';q=0.5', ';q=1'),
    );
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), (ranges) => {
        const answer = negotiateSimplePage(ranges.map((words) => words.join('')).join(', '));
        const accepted = ranges
          .filter(([type, quality]) => type !== 'image/png' && quality !== ';q=0')
          .map(([type]) => type);
        const named = answer?.contentType.replace('; charset=utf-8', '');
        expect([undefined, ...accepted.map((type) => type.replace('latest', 'v1'))]).toContain(named);
      }),
    );
  });

  it('is steady with any header', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000 }), (accept) => {
        expect(['json', 'html', undefined]).toContain(negotiateSimplePage(accept)?.format);
      }),
    );
  });
});
