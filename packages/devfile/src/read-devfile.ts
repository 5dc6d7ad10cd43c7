import { type Diagnostic, findNearestName, hasErrors } from '@devstead/kit';
import { checkDocument } from './check-document.ts';
import { diagnosticTable } from './codes.ts';
import { cutText, formatPath } from './document-path.ts';
import { makeLimits } from './limits.ts';
import type { Positions } from './positions.ts';
import type { Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { detectSchemaVersion } from './schema-version.ts';
import type { Devfile, DocumentPath, Origin, Profile } from './types.ts';
import type { Substitution } from './variables.ts';

export interface ReadOptions {
  /** Name shown in diagnostics and origins; nothing is opened. */
  readonly file: string;
  /** Default: `compat`. */
  readonly profile?: Profile;
  /** Values from outside; they win over the devfile's own `variables`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** UTF-8 bytes a file may have; default 512 KiB. */
  readonly maxBytes?: number;
}

export interface DevfileResult {
  /** Absent when there is an error. */
  readonly devfile?: Devfile;
  /** By line. */
  readonly diagnostics: readonly Diagnostic[];
  /**
   * Where the value at a path of the devfile came from: its place in the file, then the variables that went into it.
   * Empty for a path that is not in the devfile.
   */
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
}

/** More than this nobody reads at once; the rest is left out, errors last. */
const shownDiagnostics = 1000;

/**
 * Reads a devfile 2.x: YAML, schema of the version named, variables, semantic rules (devfile-v2 1.3, without parents and
 * plugins). All problems come back together as `devfile.*` diagnostics, those of the rules also where the schema refuses
 * parts of the file; nothing is thrown for anything in the text.
 */
export async function readDevfile(text: string, options: ReadOptions): Promise<DevfileResult> {
  const { file, profile = 'compat' } = options;
  const { value, positions, diagnostics } = await readText(text, file, makeLimits(options.maxBytes));
  if (value === undefined) return { diagnostics, originsOf: () => [] };

  const version = detectSchemaVersion(value);
  const found =
    typeof version === 'string'
      ? await checkDocument(value, version, profile, options.variables)
      : { problems: [version] };
  const all = [...diagnostics, ...selectShown(found.problems).map((problem) => place(problem, positions, value))];
  const sorted = all.sort(
    (left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0),
  );
  const { substitution } = found;
  if (hasErrors(sorted) || substitution === undefined) return { diagnostics: sorted, originsOf: () => [] };
  return {
    // The schema has accepted the document, so it has the shape of a devfile.
    devfile: substitution.document as Devfile,
    diagnostics: sorted,
    originsOf: (path) => findOrigins(path, positions, substitution, options.variables ?? {}),
  };
}

function selectShown(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= shownDiagnostics) return problems;
  const errors = problems.filter(({ severity }) => severity === 'error');
  return [...errors, ...problems.filter(({ severity }) => severity !== 'error')].slice(0, shownDiagnostics);
}

function place(problem: Problem, positions: Positions, document: unknown): Diagnostic {
  const { code, severity, message, path, at, within, misspelt } = problem;
  const meant = misspelt === undefined ? undefined : findNearestName(misspelt.written, misspelt.known);
  const hint = meant === undefined ? (problem.hint ?? diagnosticTable[code].cure) : `Did you mean \`${meant}\`?`;
  return {
    code,
    severity,
    message: cutText(message),
    file: positions.file,
    ...positions.locate(path, at, within),
    ...(path.length === 0 ? {} : { path: cutText(formatPath(path, document)) }),
    hint: cutText(hint),
  };
}

function findOrigins(
  path: DocumentPath,
  positions: Positions,
  substitution: Substitution,
  given: Readonly<Record<string, string>>,
): Origin[] {
  const filePath = substitution.toFilePath(path);
  const origins: Origin[] = [];
  if (positions.has(filePath)) {
    const { line, column } = positions.locate(filePath);
    origins.push({ kind: 'file', file: positions.file, line, column });
  }
  for (const name of substitution.variablesAt(path)) {
    if (Object.hasOwn(given, name)) {
      origins.push({ kind: 'variable', detail: `${name}, given on the command line` });
    } else {
      const { line, column } = positions.locate(['variables', name]);
      origins.push({ kind: 'variable', file: positions.file, line, column, detail: name });
    }
  }
  return origins;
}
