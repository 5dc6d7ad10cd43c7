import { normalizeName } from '../names/normalize-name.ts';
import { sortVersions } from '../names/version.ts';
import type { Database } from '../store/open-database.ts';
import type { ReleaseMetadata } from './release-metadata.ts';

/** What is looked for: words, in any of the names or summaries. */
export interface SearchOrder {
  /** The stages to look in, `user/index`. */
  readonly indexes: readonly string[];
  readonly names: readonly string[];
  readonly summaries: readonly string[];
  /** Whether one of the words is enough. */
  readonly isAny: boolean;
  readonly limit: number;
}

export interface FoundProject {
  /** `user/index`. */
  readonly index: string;
  /** As it is spelt. */
  readonly name: string;
  /** The newest; empty for a project that was only registered. */
  readonly version: string;
  readonly summary: string;
}

/** Projects of stages whose names or summaries have the words, those that begin with a word first. */
export async function searchProjects(database: Database, order: SearchOrder): Promise<FoundProject[]> {
  const names = order.names.map((word) => normalizeName(word.trim())).filter(Boolean);
  const summaries = order.summaries.map((word) => word.trim().toLowerCase()).filter(Boolean);
  if (order.indexes.length === 0 || names.length + summaries.length === 0) return [];
  const projects = await database
    .selectFrom('projects')
    .select(['index', 'name', 'display_name'])
    .where('index', 'in', [...order.indexes])
    .execute();
  const newest = await readNewest(database, order.indexes);
  const found: FoundProject[] = [];
  for (const project of projects) {
    const { version = '', summary = '' } = newest.get(`${project.index} ${project.name}`) ?? {};
    const answers = [
      ...names.map((word) => project.name.includes(word)),
      ...summaries.map((word) => summary.toLowerCase().includes(word)),
    ];
    const isFound = order.isAny ? answers.includes(true) : !answers.includes(false);
    if (isFound) found.push({ index: project.index, name: project.display_name, version, summary });
  }
  const rank = ({ name }: FoundProject): number => {
    const normal = normalizeName(name);
    return names.includes(normal) ? 0 : names.some((word) => normal.startsWith(word)) ? 1 : 2;
  };
  return found
    .sort(
      (left, right) =>
        rank(left) - rank(right) || compareText(left.name, right.name) || compareText(left.index, right.index),
    )
    .slice(0, order.limit);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

async function readNewest(
  database: Database,
  indexes: readonly string[],
): Promise<Map<string, { readonly version: string; readonly summary: string }>> {
  const rows = await database
    .selectFrom('releases')
    .select(['index', 'project', 'version', 'metadata_json'])
    .where('index', 'in', [...indexes])
    .execute();
  const byProject = new Map<string, Map<string, string>>();
  for (const { index, project, version, metadata_json } of rows) {
    const key = `${index} ${project}`;
    const versions = byProject.get(key);
    if (versions === undefined) byProject.set(key, new Map([[version, metadata_json]]));
    else versions.set(version, metadata_json);
  }
  const newest = new Map<string, { version: string; summary: string }>();
  for (const [key, versions] of byProject) {
    const version = (versions.size === 1 ? [...versions.keys()] : sortVersions(versions.keys())).at(-1) ?? '';
    const metadata = JSON.parse(versions.get(version) ?? '{}') as ReleaseMetadata;
    newest.set(key, { version, summary: String(metadata['summary'] ?? '') });
  }
  return newest;
}
