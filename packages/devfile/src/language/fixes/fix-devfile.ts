import type { Diagnostic } from '@devstead/kit';
import { type ReadOptions, readDevfile } from '../../read-devfile.ts';
import { placeDiagnostics } from '../diagnose.ts';
import { openDocument } from '../open-document.ts';
import { applyEdits, overlaps } from './apply-edits.ts';
import { listFixes } from './list-fixes.ts';
import type { Fix } from './types.ts';

/** A change that was made. */
export interface AppliedFix {
  readonly code: string;
  readonly title: string;
  /** From 1, in the text as it was when the change was made. */
  readonly line: number;
}

export interface FixedDevfile {
  readonly text: string;
  readonly applied: readonly AppliedFix[];
}

/** Each round leaves fewer problems, so this is only a limit on the time a hostile file takes. */
const mostRounds = 100;
/** Fixes that do not fit each other are tried alone; with more than this the file would be read too often. */
const mostAlone = 100;

/**
 * Makes every safe fix, again and again until there is none left; everything else in the text stays byte for byte. Each
 * is kept only when the text reads better with it and has, in both profiles, no more errors, so that a valid devfile stays valid and a
 * second call changes nothing.
 */
export async function fixDevfile(text: string, options: ReadOptions): Promise<FixedDevfile> {
  const applied: AppliedFix[] = [];
  let state = await judge(text, options);
  for (let round = 0; round < mostRounds; round++) {
    const fixes = listSafe(state, options.file);
    const better = await tryTogether(state, fixes, options);
    if (better === undefined) break;
    state = better.state;
    applied.push(...better.made.map(({ code, line, fix }) => ({ code, line, title: fix.title })));
  }
  return { text: state.text, applied };
}

interface State {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  /** How many there are in the profile asked for, and in the other. */
  readonly errors: { readonly own: number; readonly other: number };
}

interface Candidate {
  readonly code: string;
  readonly line: number;
  readonly fix: Fix;
}

interface Better {
  readonly state: State;
  readonly made: readonly Candidate[];
}

async function judge(text: string, options: ReadOptions): Promise<State> {
  const { diagnostics } = await readDevfile(text, options);
  const other = await readDevfile(text, { ...options, profile: options.profile === 'strict' ? 'compat' : 'strict' });
  const count = (list: readonly Diagnostic[]) => list.filter(({ severity }) => severity === 'error').length;
  const errors = { own: count(diagnostics), other: count(other.diagnostics) };
  return { text, diagnostics, errors };
}

function listSafe({ text, diagnostics }: State, file: string): Candidate[] {
  const document = openDocument(text, file);
  const candidates = placeDiagnostics(document, diagnostics).flatMap(({ diagnostic, range }): Candidate[] => {
    const fix = listFixes(document, diagnostic, range).find(({ isSafe }) => isSafe);
    return fix === undefined ? [] : [{ code: diagnostic.code, line: range.start.line + 1, fix }];
  });
  const kept: Candidate[] = [];
  for (const candidate of candidates) {
    if (!kept.some(({ fix }) => overlaps(fix.edits, candidate.fix.edits))) kept.push(candidate);
  }
  return kept;
}

async function tryTogether(
  state: State,
  fixes: readonly Candidate[],
  options: ReadOptions,
): Promise<Better | undefined> {
  if (fixes.length === 0) return undefined;
  const together = await judge(
    applyEdits(
      state.text,
      fixes.flatMap(({ fix }) => fix.edits),
    ),
    options,
  );
  if (isBetter(together, state)) return { state: together, made: fixes };
  if (fixes.length === 1) return undefined;
  const good: Candidate[] = [];
  let first: State | undefined;
  for (const candidate of fixes.slice(0, mostAlone)) {
    const alone = await judge(applyEdits(state.text, candidate.fix.edits), options);
    if (!isBetter(alone, state)) continue;
    good.push(candidate);
    first ??= alone;
  }
  if (first === undefined) return undefined;
  if (good.length > 1 && good.length < fixes.length) return tryTogether(state, good, options);
  return { state: first, made: good.slice(0, 1) };
}

/** How far a text could be read: not at all, without a schema, or so that it was judged. */
function measureDepth({ diagnostics }: State): number {
  const isThere = (pattern: RegExp) =>
    diagnostics.some(({ code, severity }) => severity === 'error' && pattern.test(code));
  if (isThere(/^devfile\.(yaml-|too-|not-a-map)/)) return 0;
  return isThere(/^devfile\.schema-version-/) ? 1 : 2;
}

/**
 * How far mistakes keep a file from being read: a field with another name hides what is wrong with its value. The rest
 * weighs one.
 */
const weights: Readonly<Record<string, number>> = {
  'devfile.schema-unknown-field': 4,
  'devfile.schema-missing-field': 4,
  'devfile.schema-one-of': 4,
  'devfile.schema-wrong-type': 3,
  'devfile.schema-bad-value': 2,
};

/** A text that is read further shows mistakes that were there before; else there must be no more errors, and less wrong. */
function isBetter(next: State, before: State): boolean {
  const further = measureDepth(next) - measureDepth(before);
  if (further !== 0) return further > 0;
  if (next.errors.own > before.errors.own || next.errors.other > before.errors.other) return false;
  return weigh(next) < weigh(before);
}

function weigh({ diagnostics }: State): number {
  return diagnostics.reduce((sum, { code }) => sum + (weights[code] ?? 1), 0);
}
