import type { Distribution } from './make-distribution.ts';

/** What an upstream says about a file beside what it is. */
export interface Listing {
  readonly file: Distribution;
  /** ISO 8601. */
  readonly uploadTime: string;
  /** The reason; empty when there is none (PEP 592). */
  readonly yanked?: string;
  /** The address of the file. */
  readonly url: string;
}

/** A project page as upstream has it: no word about metadata files, hashes in the fragments. */
export function renderHtmlPage(name: string, listings: readonly Listing[]): string {
  const links = listings.map(({ file, uploadTime, yanked, url }) => {
    const attributes = [
      ` href="${url}#sha256=${file.sha256}"`,
      file.requiresPython === undefined ? '' : ` data-requires-python="${escape(file.requiresPython)}"`,
      yanked === undefined ? '' : ` data-yanked="${escape(yanked)}"`,
      ` data-upload-time="${uploadTime}"`,
    ];
    return `    <a${attributes.join('')}>${file.filename}</a><br />\n`;
  });
  return (
    `<!DOCTYPE html>\n<html>\n  <head>\n    <meta name="pypi:repository-version" content="1.3">\n` +
    `    <title>Links for ${name}</title>\n  </head>\n  <body>\n    <h1>Links for ${name}</h1>\n${links.join('')}  </body>\n</html>\n`
  );
}

/** A project page in JSON with all that PEP 691, 700 and 714 know. */
export function renderJsonPage(name: string, listings: readonly Listing[], serial?: number): string {
  const files = listings.map(({ file, uploadTime, yanked, url }) => ({
    filename: file.filename,
    url,
    hashes: { sha256: file.sha256 },
    size: file.content.length,
    'upload-time': uploadTime,
    'core-metadata': file.filename.endsWith('.whl'),
    ...(file.requiresPython === undefined ? {} : { 'requires-python': file.requiresPython }),
    yanked: yanked ?? false,
  }));
  const meta = { 'api-version': '1.3', ...(serial === undefined ? {} : { '_last-serial': serial }) };
  return JSON.stringify({ meta, name, versions: [...new Set(listings.map(({ file }) => file.version))], files });
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
