import type { ProjectList, ProjectPage, ReleaseFile } from '../source.ts';
import { escapeHtml } from './escape-html.ts';
import type { PageFormat } from './negotiate.ts';

/** A project's simple page. `index`: the one that was asked; addresses are relative to `/<index>/+simple/<project>/`. */
export function renderProject(index: string, page: ProjectPage, format: PageFormat): string {
  if (format === 'json') {
    const files = page.files.map((file) => ({
      filename: file.filename,
      url: fileAddress(index, file),
      hashes: file.hashes['sha256'] === undefined ? {} : { sha256: file.hashes['sha256'] },
      ...(file.requiresPython === undefined ? {} : { 'requires-python': file.requiresPython }),
      ...(file.sizeBytes === undefined ? {} : { size: file.sizeBytes }),
      ...(file.uploadTime === undefined ? {} : { 'upload-time': file.uploadTime }),
    }));
    return JSON.stringify({ meta: { 'api-version': '1.1' }, name: page.name, versions: page.versions ?? [], files });
  }
  const links = page.files.map((file) => {
    const hash = file.hashes['sha256'] === undefined ? '' : `#sha256=${file.hashes['sha256']}`;
    return `<a href="${escapeHtml(fileAddress(index, file) + hash)}">${escapeHtml(file.filename)}</a><br>\n`;
  });
  return `<!DOCTYPE html>\n<html><head><meta name="pypi:repository-version" content="1.1"></head><body>\n${links.join('')}</body></html>\n`;
}

export function renderList(list: ProjectList, format: PageFormat): string {
  if (format === 'json') {
    return JSON.stringify({ meta: { 'api-version': '1.1' }, projects: list.names.map((name) => ({ name })) });
  }
  const links = list.names.map((name) => `<a href="${escapeHtml(name)}/">${escapeHtml(name)}</a><br>\n`);
  return `<!DOCTYPE html>\n<html><head><meta name="pypi:repository-version" content="1.1"></head><body>\n${links.join('')}</body></html>\n`;
}

/** `../../+f/abc/def…/name`, with the other index's path in between where the file is another's. */
function fileAddress(index: string, file: ReleaseFile): string {
  const sha256 = file.hashes['sha256'] ?? '';
  const top = file.origin.index === index ? '../../' : `../../../../${file.origin.index}/`;
  return `${top}+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/${encodeURIComponent(file.filename)}`;
}
