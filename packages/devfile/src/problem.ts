import type { Severity } from '@devstead/kit';
import type { DiagnosticCode } from './codes.ts';
import type { Devfile, DocumentPath, Profile } from './types.ts';

/** A diagnostic that does not know its line yet: rules name the value, the reader finds where it stands. */
export interface Problem {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** The reference refuses it, and the message says so. */
  readonly isErrorInStrict?: true;
  readonly path: DocumentPath;
  /** What to point at: the value (default), or the key that introduces it. */
  readonly at?: 'key' | 'value';
  /** Text within the value or key to point at. */
  readonly within?: string;
  readonly message: string;
  readonly hint?: string;
  /** A name that may be misspelt and the names there are; one that is near becomes the hint. */
  readonly misspelt?: { readonly written: string; readonly known: readonly string[] };
}

/** A group of semantic rules (devfile-v2 1.8) over a document that has the shape of a devfile. */
export type Rule = (devfile: Devfile, profile: Profile) => Problem[];

/** Weight of what the reference refuses and real files do: an error in `strict`; in `compat` a warning that says so. */
export function weighDeparture(profile: Profile): Pick<Problem, 'severity' | 'isErrorInStrict'> {
  return profile === 'strict' ? { severity: 'error' } : { severity: 'warning', isErrorInStrict: true };
}

/** What occurs again: each element after the first with the same key, and the index of that first. */
export function findRepeated<T>(
  elements: readonly T[],
  toKey: (element: T) => string | undefined,
): { readonly index: number; readonly first: number; readonly key: string }[] {
  const firsts = new Map<string, number>();
  return elements.flatMap((element, index) => {
    const key = toKey(element);
    if (key === undefined) return [];
    const first = firsts.get(key);
    if (first !== undefined) return [{ index, first, key }];
    firsts.set(key, index);
    return [];
  });
}
