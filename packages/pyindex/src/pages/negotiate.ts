/** The forms a simple page has (PEP 691). */
export type PageFormat = 'html' | 'json';

export interface Negotiated {
  readonly format: PageFormat;
  readonly contentType: string;
}

/** The form of a simple page that `Accept` prefers; `undefined`: none that there is (406). */
export function negotiateSimplePage(accept: string | undefined): Negotiated | undefined {
  // SEAM: q-values, latest and 406.
  return accept !== undefined && accept.includes('application/vnd.pypi.simple.v1+json')
    ? { format: 'json', contentType: 'application/vnd.pypi.simple.v1+json' }
    : { format: 'html', contentType: 'text/html; charset=utf-8' };
}
