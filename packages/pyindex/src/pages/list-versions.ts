import { parseDistributionName } from '../names/parse-distribution-name.ts';
import { sortVersions } from '../names/version.ts';
import type { ProjectPage, ReleaseFile } from '../source.ts';

/** The version of a file: as the index knows it, else as its name says. */
function readFileVersion(file: ReleaseFile, project: string): string | undefined {
  return file.version ?? parseDistributionName(file.filename, project)?.version;
}

/** All versions of a project that its page may show, from old to new (PEP 700). */
export function listVersions(page: ProjectPage): string[] {
  const versions = new Set<string>(page.versions);
  for (const file of page.files) {
    const version = readFileVersion(file, page.name);
    if (version !== undefined) versions.add(version);
  }
  return sortVersions(versions);
}
