import { type Diagnostic, hasErrors } from '@devstead/kit';
import type { Fetcher } from '../flatten/fetcher.ts';
import type { ImportRun } from '../flatten/open-import.ts';
import { isMap } from '../flatten/trace.ts';
import { makeLimits } from '../limits.ts';
import { describeChain, locate, placeProblem, placeWritten } from '../place-problem.ts';
import type { Problem } from '../problem.ts';
import type { DevfileFile } from '../read-devfile.ts';
import type { Source } from '../read-source.ts';
import { readText } from '../read-text.ts';
import { repairDocument } from '../repair-document.ts';
import { type CompiledSchema, findSchemaErrors, type SchemaError } from '../schema-errors.ts';
import { selectShown, sortDiagnostics } from '../sort-diagnostics.ts';
import type { DocumentPath, Origin, Profile } from '../types.ts';
import { type Accepted, acceptOlder } from './accept-older.ts';
import { describeErrors1 } from './describe-errors.ts';
import { type Manifests, openManifests } from './manifest/open-manifests.ts';
import { openReferences, type References } from './open-references.ts';
import { openPlugins } from './plugins/open-plugins.ts';
import type { ResolvedPlugin } from './plugins/types.ts';
import { checkRules1 } from './rules/check-rules.ts';
import type { Devfile1 } from './types.ts';

export interface ReadOptions1 {
  /** Name of the text in diagnostics and origins; nothing is opened. */
  readonly file: string;
  /** `compat` (default) also reads the words of older drafts, and booleans where texts are asked for. */
  readonly profile?: Profile;
  /** UTF-8 bytes a file may have; default 512 KiB. */
  readonly maxBytes?: number;
  /** The text's own address: relative references are resolved from there. */
  readonly location?: string;
  /** Brings manifests, editors, plugins and the definitions of commands. Without one they are left unread, which is said. */
  readonly fetcher?: Fetcher;
}

export interface Devfile1Result {
  /** As it is written, in the words of 1.0.0. Absent when there is an error. */
  readonly devfile?: Devfile1;
  /** By file, the devfile's own first, and line. */
  readonly diagnostics: readonly Diagnostic[];
  /** False when a manifest, or an editor or plugin that is named by its address, was not looked at. */
  readonly isComplete: boolean;
  /** The devfile itself, then what it names. */
  readonly files: readonly DevfileFile[];
  /** Where the value at a path of the devfile stands; empty for a path that is not written. */
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
  readonly references: References;
  /** The objects of manifests that were read. */
  readonly manifests: Manifests;
  /** The editor, then the plugins; the default editor where none is named and one is wanted. */
  readonly plugins: readonly ResolvedPlugin[];
}

/**
 * Reads a devfile 1.0.0 (devfile-v1-che 2.1 and 2.2) as `readDevfile` reads later ones: all problems together, as
 * `devfile.*` diagnostics with their places, and nothing thrown for anything in a text.
 */
export async function readDevfile1(text: string, options: ReadOptions1): Promise<Devfile1Result> {
  const { file, location, profile = 'compat' } = options;
  const limits = makeLimits(options.maxBytes);
  const reading = await readText(text, file, limits);
  const judged = reading.value === undefined ? undefined : await judge(reading.value, profile);
  const source: Source = {
    file,
    text,
    diagnostics: reading.diagnostics,
    problems: judged?.problems ?? [],
    positions: reading.positions,
    value: reading.value,
    ...(location === undefined ? {} : { location }),
  };
  const run: ImportRun = {
    fetcher: options.fetcher,
    limits,
    problems: [],
    sources: [source],
    answers: new Map(),
    isIncomplete: false,
  };
  const isSound = judged?.devfile !== undefined && !hasErrors(reading.diagnostics);
  const toFilePath = judged?.toFilePath ?? ((path: DocumentPath) => path);
  const readable = isSound ? judged.devfile : undefined;
  const references: References =
    readable === undefined ? new Map() : await openReferences(run, source, readable, toFilePath);
  const manifests: Manifests =
    readable === undefined ? new Map() : await openManifests({ run, source, references, toFilePath }, readable);
  const plugins = readable === undefined ? [] : await openPlugins(run, source, readable, toFilePath);
  const diagnostics = sortDiagnostics(run.sources, [
    ...run.sources.flatMap(listOwn),
    ...run.problems.map((problem) => placeProblem(problem, [problem.place])),
  ]);
  const base = {
    diagnostics,
    files: run.sources.map(describeFile),
    isComplete: !run.isIncomplete,
    references,
    manifests,
    plugins,
  };
  if (hasErrors(diagnostics) || judged?.devfile === undefined) return { ...base, originsOf: () => [] };
  return {
    ...base,
    devfile: judged.devfile,
    originsOf: (path) => {
      const written = toFilePath(path);
      return source.positions.has(written) ? [{ kind: 'file', ...locate(source, written) }] : [];
    },
  };
}

interface Judged {
  /** Absent when there is an error. */
  readonly devfile?: Devfile1;
  /** With paths of the file. */
  readonly problems: readonly Problem[];
  readonly toFilePath: (path: DocumentPath) => DocumentPath;
}

async function judge(value: unknown, profile: Profile): Promise<Judged> {
  if (!isMap(value)) {
    const message = `a devfile is a map of fields, and this is ${Array.isArray(value) ? 'a list' : 'a single value'}`;
    return {
      problems: [
        { code: 'devfile.not-a-map', severity: 'error', path: [], message, hint: 'Start with `apiVersion: 1.0.0`.' },
      ],
      toFilePath: (path) => path,
    };
  }
  const accepted: Accepted =
    profile === 'strict' ? { document: value, problems: [], toFilePath: (path) => path } : acceptOlder(value);
  const { validate } = await import('../schemas/devfile-1.0.0.generated.js');
  const found = findSchemaErrors(accepted.document, validate);
  const { problems, document } = judgeShape(accepted.document, found, validate, profile);
  const all = [
    ...accepted.problems,
    ...problems.map((problem) => ({ ...problem, path: accepted.toFilePath(problem.path) })),
  ];
  const isSound = all.every(({ severity }) => severity !== 'error');
  return {
    problems: all,
    toFilePath: accepted.toFilePath,
    ...(isSound && document !== undefined ? { devfile: document as Devfile1 } : {}),
  };
}

/** What the schema refuses and the rules find, together. */
function judgeShape(
  document: unknown,
  found: readonly SchemaError[],
  validate: CompiledSchema,
  profile: Profile,
): { problems: readonly Problem[]; document: unknown } {
  // Where something is missing, a field that nobody knows may be what it was meant for.
  const lacking = new Set(found.filter(({ keyword }) => keyword === 'required').map(({ path }) => path.join('\0')));
  const described = describeErrors1(found).map((problem) =>
    lacking.has(problem.path.slice(0, -1).join('\0')) ? problem : weighUnknown(problem),
  );
  if (described.every(({ severity }) => severity !== 'error')) {
    return { problems: [...described, ...checkRules1(document as Devfile1, profile)], document };
  }
  const repaired = repairDocument(document, validate, found);
  if (repaired === undefined) return { problems: described, document: undefined };
  const atFault = repaired.faults.map(({ filePath }) => filePath.join('\0'));
  const areComponentsDoubtful = repaired.faults.some(({ path }) => path[0] === 'components' || path.length === 1);
  const others = checkRules1(repaired.document as Devfile1, profile)
    .map((problem) => ({ ...problem, path: repaired.toFilePath(problem.path) }))
    // What is only found because of a mistake of the shape is not said again.
    .filter(({ path, code }) => {
      const written = path.join('\0');
      if (code === 'devfile.unknown-component' && areComponentsDoubtful) return false;
      return !atFault.some((fault) => fault === written || fault.startsWith(`${written}\0`));
    });
  return { problems: [...described, ...others], document: undefined };
}

/** The schema closes the devfile, its metadata and its commands; elsewhere a field it does not know has no effect. */
function weighUnknown(problem: Problem): Problem {
  const { code, path } = problem;
  const isClosed = path.length === 1 || path[0] === 'metadata' || (path[0] === 'commands' && path.length === 3);
  if (code !== 'devfile.schema-unknown-field' || isClosed) return problem;
  return { ...problem, severity: 'warning', message: `${problem.message}, so it has no effect` };
}

/** What is wrong with a file taken alone. */
function listOwn(source: Source): Diagnostic[] {
  const problems = selectShown(source.problems).map((problem) => placeWritten(problem, source, problem.path));
  if (source.importer === undefined) return [...source.diagnostics, ...problems];
  const chain = describeChain([{ source, path: [], isOverride: false }]);
  return [...source.diagnostics.map((diagnostic) => ({ ...diagnostic, chain })), ...problems];
}

function describeFile({ file, text, location }: Source): DevfileFile {
  return { file, text, ...(location === undefined ? {} : { location }) };
}
