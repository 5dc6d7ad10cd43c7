import type { Diagnostic } from '@devstead/kit';
import { describeSchemaErrors } from './check-schema.ts';
import type { Limits } from './limits.ts';
import type { Positions } from './positions.ts';
import type { Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { type Repaired, repairDocument } from './repair-document.ts';
import { findSchemaErrors } from './schema-errors.ts';
import { detectSchemaVersion, loadSchema, type SchemaVersion } from './schema-version.ts';
import type { Devfile, DocumentPath } from './types.ts';

/** What brought a file in: the place of its name in another one. */
export interface Importer {
  readonly kind: 'parent' | 'plugin';
  /** The name written there, as tools of the format show it: `uri: parent.yaml`, `id: go, registryURL: https://...`. */
  readonly reference: string;
  readonly source: Source;
  /** Of the `parent` or the `plugin` in that file. */
  readonly path: DocumentPath;
}

/** One file that a devfile is made of, read and judged by the schema of its version. */
export interface Source {
  /** Name as diagnostics show it. */
  readonly file: string;
  readonly text: string;
  /** Its address, a URL; what it refers to is found from there. Absent when nobody knows. */
  readonly location?: string;
  readonly importer?: Importer;
  /** Of the text, as YAML. */
  readonly diagnostics: readonly Diagnostic[];
  /** Of the document, by its schema. */
  readonly problems: readonly Problem[];
  readonly positions: Positions;
  /** As it is written; absent when it cannot be read. */
  readonly value?: unknown;
  readonly version?: SchemaVersion;
  /** The document as it can be judged further: the schema accepts it, or a repaired copy of it. */
  readonly devfile?: Devfile;
  /** Present when `devfile` is a repaired copy. */
  readonly repaired?: Repaired;
}

/**
 * Reads one file, without what it refers to: text to document, document judged by the schema of the version it names.
 * What the schema refuses is repaired in a copy, so that later mistakes come back together with these.
 */
export async function readSource(text: string, file: string, limits: Limits): Promise<Source> {
  const { value, positions, diagnostics } = await readText(text, file, limits);
  const base = { file, text, diagnostics, positions };
  if (value === undefined) return { ...base, problems: [] };
  const version = detectSchemaVersion(value);
  if (typeof version !== 'string') return { ...base, value, problems: [version] };
  return { ...base, value, version, ...(await judgeShape(value, version)) };
}

async function judgeShape(
  value: unknown,
  version: SchemaVersion,
): Promise<Pick<Source, 'problems' | 'devfile' | 'repaired'>> {
  const validate = await loadSchema(version);
  const errors = findSchemaErrors(value, validate);
  if (errors.length === 0) return { problems: [], devfile: value as Devfile };
  const problems = describeSchemaErrors(errors);
  const repaired = repairDocument(value, validate, errors);
  return repaired === undefined ? { problems } : { problems, devfile: repaired.document as Devfile, repaired };
}

/** The path in the file of what has this path in the source's `devfile`. */
export function toWrittenPath({ repaired }: Source, path: DocumentPath): DocumentPath {
  return repaired === undefined ? path : repaired.toFilePath(path);
}

/** Who brought a source in, the nearest first. */
export function listImporters(source: Source): Importer[] {
  const importers: Importer[] = [];
  for (let { importer } = source; importer !== undefined; importer = importer.source.importer) importers.push(importer);
  return importers;
}
