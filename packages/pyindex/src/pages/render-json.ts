import type { ProjectPage, ReleaseFile } from '../source.ts';
import { listVersions } from './list-versions.ts';
import { type LinkPrefixes, linkFile, type PagePlace, relateLinks } from './page-place.ts';

/** PEP 691 with 700 (1.1), 708 (1.2) and 792 (1.4). */
export const apiVersion = '1.4';

/**
 * A project's page in JSON (PEP 691, 700, 708, 714, 792). `size` stands where it is known. What is held back, and notes
 * for people, are under `_devstead`; installers overlook names that begin with an underscore.
 */
export function renderJsonPage(page: ProjectPage, place: PagePlace): string {
  const prefixes = relateLinks(place);
  const own = page.withheld ?? [];
  const withheld = own.map(({ file, rule, reason }) => ({ filename: file.filename, rule, reason }));
  const { isPrivate = false, notes = [], staleSince } = page;
  const isPlain = withheld.length === 0 && notes.length === 0 && !isPrivate && staleSince === undefined;
  return JSON.stringify({
    meta: {
      'api-version': apiVersion,
      ...(page.upstreamSerial === undefined ? {} : { '_last-serial': page.upstreamSerial }),
      ...(page.tracks === undefined ? {} : { tracks: page.tracks }),
    },
    name: page.name,
    ...(page.alternateLocations === undefined ? {} : { 'alternate-locations': page.alternateLocations }),
    ...(page.status === undefined ? {} : { 'project-status': page.status }),
    versions: listVersions(page),
    files: page.files.map((file) => describeFile(file, place, prefixes)),
    ...(isPlain ? {} : { _devstead: { private: isPrivate, withheld, notes, 'stale-since': staleSince } }),
  });
}

/** The list of projects in JSON (PEP 691). */
export function renderJsonList(names: readonly string[]): string {
  return JSON.stringify({ meta: { 'api-version': apiVersion }, projects: names.map((name) => ({ name })) });
}

function describeFile(file: ReleaseFile, place: PagePlace, prefixes: LinkPrefixes) {
  const { yanked, coreMetadata } = file;
  return {
    filename: file.filename,
    url: linkFile(file, place, prefixes),
    hashes: file.hashes,
    ...(file.requiresPython === undefined ? {} : { 'requires-python': file.requiresPython }),
    ...(coreMetadata === undefined
      ? {}
      : { 'core-metadata': Object.keys(coreMetadata).length > 0 ? coreMetadata : true }),
    ...(file.sizeBytes === undefined ? {} : { size: file.sizeBytes }),
    ...(file.uploadTime === undefined ? {} : { 'upload-time': file.uploadTime }),
    ...(yanked === undefined ? {} : { yanked: yanked === '' ? true : yanked }),
  };
}
