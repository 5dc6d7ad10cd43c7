import { type Diagnostic, hasErrors } from '@devstead/kit';
import { checkContent, listVariables, substitute } from './check-content.ts';
import { findOrigins } from './find-origins.ts';
import type { Fetcher } from './flatten/fetcher.ts';
import { flattenDevfile } from './flatten/flatten-devfile.ts';
import { inlineManifests } from './flatten/inline-manifests.ts';
import type { ImportRun } from './flatten/open-import.ts';
import { findPlaces, type Traced } from './flatten/trace.ts';
import { findFollowUps } from './follow-ups.ts';
import { type ImageNames, replaceImageNames } from './image-names/replace-image-names.ts';
import { makeLimits } from './limits.ts';
import { describeChain, placeProblem, placeWritten } from './place-problem.ts';
import type { Problem } from './problem.ts';
import { readSource, type Source, toWrittenPath } from './read-source.ts';
import type { SchemaVersion } from './schema-version.ts';
import { selectShown, sortDiagnostics } from './sort-diagnostics.ts';
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
  /** The text's own address, a `file:`, `https:` or `http:` URL: relative addresses in it are resolved from there. */
  readonly location?: string;
  /** Brings parents, plugins and manifests. Without one they are left unread, which is said. */
  readonly fetcher?: Fetcher;
  /** Reads the manifests that components name by `uri` into `inlined`. Default: they stay where they are. */
  readonly inlinesManifests?: boolean;
  /** Where the images are to be found that the devfile builds and names without a registry. Default: names stay. */
  readonly imageNames?: ImageNames;
}

/** A file that was read for a devfile. */
export interface DevfileFile {
  /** As diagnostics name it. */
  readonly file: string;
  readonly text: string;
  readonly location?: string;
}

export interface DevfileResult {
  /** Flattened: what parents and plugins bring is in it. Absent when there is an error. */
  readonly devfile?: Devfile;
  /** By file, the devfile's own first, and line. */
  readonly diagnostics: readonly Diagnostic[];
  /** False when a parent or plugin was not looked at: `devfile` is then as it is written, and no rule was applied. */
  readonly isComplete: boolean;
  /** The devfile itself, then its parents and plugins. */
  readonly files: readonly DevfileFile[];
  /**
   * Where the value at a path of the devfile came from, nearest cause first: its place in a file, what it replaced, the
   * parents and plugins on the way, the variables that went into it. Empty for a path that is not in the devfile.
   */
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
}

/**
 * Reads a devfile 2.x (devfile-v2 1.3): text to document, document judged by the schema of its version, parents and plugins
 * brought in, variables put in, rules applied. All problems come back together as `devfile.*` diagnostics, those of the
 * rules also where the schema refuses parts of the file; nothing is thrown for anything in a text.
 */
export async function readDevfile(text: string, options: ReadOptions): Promise<DevfileResult> {
  const { file, location } = options;
  const limits = makeLimits(options.maxBytes);
  const source = { ...(await readSource(text, file, limits)), ...(location === undefined ? {} : { location }) };
  const run: ImportRun = {
    fetcher: options.fetcher,
    limits,
    problems: [],
    sources: [source],
    answers: new Map(),
    isIncomplete: false,
  };
  const content = await flattenContent(run, source, options);
  const { version } = source;
  const judged =
    content === undefined || version === undefined ? undefined : await judge(content, source, version, options);
  const substitution = judged?.substitution ?? readUnflattened(run, source, options);
  const diagnostics = sortDiagnostics(run.sources, [
    ...run.sources.flatMap(listOwn),
    ...run.problems.map((problem) => placeProblem(problem, [problem.place])),
    ...(judged?.diagnostics ?? []),
  ]);
  const files = run.sources.map((one) => ({
    file: one.file,
    text: one.text,
    ...(one.location === undefined ? {} : { location: one.location }),
  }));
  const base = { diagnostics, files, isComplete: !run.isIncomplete };
  if (hasErrors(diagnostics) || substitution === undefined) return { ...base, originsOf: () => [] };
  const trace = content?.trace ?? { places: [{ source, path: [], isOverride: false }] };
  return {
    ...base,
    // The schema has accepted the documents, so what was made of them has the shape of a devfile.
    devfile: judged?.devfile ?? (substitution.document as Devfile),
    originsOf: (path) => [
      ...explainReplaced(path, judged),
      ...findOrigins(path, { trace, substitution, given: options.variables ?? {} }),
    ],
  };
}

async function flattenContent(run: ImportRun, source: Source, options: ReadOptions): Promise<Traced | undefined> {
  const flat = await flattenDevfile(run, source);
  if (flat === undefined || options.inlinesManifests !== true || source.version === undefined) return flat;
  const variables = listVariables(flat.value as Devfile, source.version, options.variables ?? {});
  return inlineManifests(run, flat, variables);
}

interface Judged {
  readonly substitution: Substitution;
  readonly devfile: Devfile;
  /** Why a value differs from the one written, by its path. */
  readonly reasons: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

async function judge(content: Traced, source: Source, version: SchemaVersion, options: ReadOptions): Promise<Judged> {
  const { profile = 'compat', variables = {}, imageNames } = options;
  const { substitution, problems } = checkContent(content.value as Devfile, version, profile, variables);
  const flat = substitution.document as Devfile;
  const named =
    imageNames === undefined || source.repaired !== undefined ? undefined : await replaceImageNames(flat, imageNames);
  const shown = selectShown([...dropFollowUps(problems, content, source), ...(named?.problems ?? [])]);
  return {
    substitution,
    devfile: named?.devfile ?? flat,
    reasons: named?.reasons ?? new Map(),
    diagnostics: shown.map((problem) => placeMerged(problem, content, source)),
  };
}

/** Leaves out what is only found because of a mistake that the schema has already found in the main file. */
function dropFollowUps(problems: readonly Problem[], content: Traced, source: Source): readonly Problem[] {
  const { repaired } = source;
  if (repaired === undefined) return problems;
  // What stands in other files may be wrong only because of what is to change it here.
  const own = problems.flatMap((problem) => {
    const [place] = findPlaces(content.trace, problem.path);
    return place?.source === source ? [{ problem, written: toWrittenPath(source, place.path) }] : [];
  });
  const inFile = own.map(({ problem, written }) => ({ ...problem, path: written }));
  const followUps = findFollowUps(inFile, source.value, repaired);
  return own.filter((_, index) => !isIn(followUps, inFile[index])).map(({ problem }) => problem);
}

function isIn(problems: ReadonlySet<Problem>, problem: Problem | undefined): boolean {
  return problem !== undefined && problems.has(problem);
}

function placeMerged(problem: Problem, content: Traced, source: Source): Diagnostic {
  const [first = { source, path: [], isOverride: false }, ...rest] = findPlaces(content.trace, problem.path);
  return placeProblem(problem, [first, ...rest]);
}

function explainReplaced(path: DocumentPath, judged: Judged | undefined): Origin[] {
  const detail = judged?.reasons.get(path.join('\0'));
  return detail === undefined ? [] : [{ kind: 'rewrite', detail }];
}

/** What a devfile is without what could not be looked at. */
function readUnflattened(run: ImportRun, source: Source, options: ReadOptions): Substitution | undefined {
  const { devfile, version, repaired } = source;
  const isReadable = devfile !== undefined && version !== undefined && repaired === undefined;
  return run.isIncomplete && isReadable ? substitute(devfile, version, options.variables ?? {}) : undefined;
}

/** What is wrong with a file taken alone. */
function listOwn(source: Source): Diagnostic[] {
  const chain =
    source.importer === undefined ? {} : { chain: describeChain([{ source, path: [], isOverride: false }]) };
  return [
    ...source.diagnostics.map((diagnostic) => ({ ...diagnostic, ...chain })),
    ...selectShown(source.problems).map((problem) => placeWritten(problem, source, problem.path)),
  ];
}
