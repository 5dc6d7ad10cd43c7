/** How a page is written. */
export type PageFormat = 'json' | 'html';

/** What to answer with. */
export interface Negotiated {
  readonly format: PageFormat;
  /** The value of `Content-Type`. */
  readonly contentType: string;
}

const jsonType = 'application/vnd.pypi.simple.v1+json';
const htmlType = 'application/vnd.pypi.simple.v1+html';
const html: Negotiated = { format: 'html', contentType: 'text/html; charset=utf-8' };

/** What can be asked for, the preferred first. Who asks for the latest version is told which one it is (PEP 691). */
const offers: readonly (readonly [type: string, answer: Negotiated])[] = [
  [jsonType, { format: 'json', contentType: jsonType }],
  ['application/vnd.pypi.simple.latest+json', { format: 'json', contentType: jsonType }],
  [htmlType, { format: 'html', contentType: htmlType }],
  ['application/vnd.pypi.simple.latest+html', { format: 'html', contentType: htmlType }],
  ['text/html', html],
  ['application/json', { format: 'json', contentType: 'application/json' }],
];

/** What to say with status 406. */
export const offeredTypes: readonly string[] = offers.map(([type]) => type);

/**
 * Chooses by the header `Accept` with its q-values, or by the parameter `format` of the address, which goes first
 * (PEP 691). Undefined: nothing that is accepted can be answered (406). Without either, or with a wildcard, HTML.
 */
export function negotiateSimplePage(accept: string | undefined, format?: string): Negotiated | undefined {
  if (format !== undefined) {
    // In an address, `+` may have been read as a space.
    const wanted = format.trim().toLowerCase().replaceAll(' ', '+');
    return offers.find(([type]) => type === wanted)?.[1];
  }
  if (accept === undefined || accept.trim() === '') return html;
  const ranges = accept.slice(0, 4096).split(',').flatMap(parseRange);
  let best: Negotiated | undefined;
  let bestWeight = 0;
  let bestPrecision = -1;
  for (const [type, answer] of offers) {
    const match = matchRange(type, ranges);
    if (match === undefined || match.weight === 0) continue;
    const isBetter = match.weight > bestWeight || (match.weight === bestWeight && match.precision > bestPrecision);
    if (!isBetter) continue;
    best = answer;
    bestWeight = match.weight;
    bestPrecision = match.precision;
  }
  return best !== undefined && bestPrecision === 0 ? preferHtml(ranges, best) : best;
}

interface MediaRange {
  readonly type: string;
  readonly weight: number;
  /** 0 for every type, 1 for every kind of one, 2 for a type. */
  readonly precision: number;
}

/** Who takes anything gets HTML, unless that alone is refused. */
function preferHtml(ranges: readonly MediaRange[], other: Negotiated): Negotiated {
  return matchRange('text/html', ranges)?.weight === 0 ? other : html;
}

function parseRange(text: string): MediaRange[] {
  const [type = '', ...parameters] = text.split(';').map((word) => word.trim().toLowerCase());
  if (!/^[^\s/]+\/[^\s/]+$/.test(type)) return [];
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const weight = quality === undefined ? 1 : /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(quality) ? Number(quality) : 0;
  return [{ type, weight, precision: type === '*/*' ? 0 : type.endsWith('/*') ? 1 : 2 }];
}

/** The most precise range a type is in. */
function matchRange(type: string, ranges: readonly MediaRange[]): MediaRange | undefined {
  let found: MediaRange | undefined;
  for (const range of ranges) {
    const isMatch =
      range.type === type ||
      range.type === '*/*' ||
      (range.precision === 1 && type.startsWith(range.type.slice(0, -1)));
    if (isMatch && range.precision > (found?.precision ?? -1)) found = range;
  }
  return found;
}
