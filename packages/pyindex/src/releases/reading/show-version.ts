import { addressFile } from '../../pages/file-address.ts';
import { parseLog } from '../action-log.ts';
import type { VersionPart } from './read-versions.ts';

/** A version as devpi's clients read it. `top`: what absolute addresses begin with. */
export function showVersion(parts: readonly VersionPart[], top: string): Record<string, unknown> {
  const [first, ...hidden] = parts;
  if (first === undefined) return {};
  return {
    ...first.metadata,
    '+links': showLinks(first, top),
    ...(hidden.length === 0
      ? {}
      : { '+shadowing': hidden.map((part) => ({ ...part.metadata, '+links': showLinks(part, top) })) }),
  };
}

function showLinks({ index, files, rows, links }: VersionPart, top: string): unknown[] {
  const addresses = new Map(files.map((file) => [file.filename, `${top}/${index}/${addressFile(file)}`]));
  const released = files.map((file) => {
    const row = rows.find(({ filename }) => filename === file.filename);
    const { sha256 } = file.hashes;
    return {
      rel: 'releasefile',
      href: addresses.get(file.filename),
      hash_spec: sha256 === undefined ? '' : `sha256=${sha256}`,
      hashes: sha256 === undefined ? file.hashes : { sha256 },
      log: row === undefined ? [] : parseLog(row.log_json),
      ...(file.yanked === undefined ? {} : { yanked: file.yanked === '' ? true : file.yanked }),
    };
  });
  const others = links.map((link) => {
    const folder = link.for_sha256 === '' ? link.sha256 : link.for_sha256;
    return {
      rel: link.kind,
      href: `${top}/${index}/+f/${folder.slice(0, 3)}/${folder.slice(3, 16)}/${encodeURIComponent(link.filename)}`,
      hash_spec: `sha256=${link.sha256}`,
      hashes: { sha256: link.sha256 },
      log: parseLog(link.log_json),
      ...(link.for_filename === '' ? {} : { for_href: addresses.get(link.for_filename) ?? '' }),
    };
  });
  return [...released, ...others];
}
