import type { Diagnostic } from '@devstead/kit';
import type { LanguageDocument } from '../open-document.ts';
import type { Spot } from '../tree/find-spot.ts';
import type { Span } from '../tree/node.ts';
import type { TextEdit } from '../types.ts';

/** A change that mends one problem. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** True when it can only be what was meant; others are offered and never made unasked. */
  readonly isSafe: boolean;
}

/** Replaces part of the text; by offsets, so that fixes are easy to write. */
export interface Change extends Span {
  readonly newText: string;
}

/** A fix before its places are the editor's. */
export interface Proposal {
  readonly title: string;
  readonly changes: readonly Change[];
  readonly isSafe: boolean;
}

/** One problem and where it is. */
export interface Problem extends Span {
  readonly diagnostic: Diagnostic;
  readonly document: LanguageDocument;
  /** The key or value it is about; nothing where the tree has none. */
  readonly spot?: Spot;
}

/** Makes the fixes of one code; none where it has no good one. */
export type Fixer = (problem: Problem) => readonly Proposal[];
