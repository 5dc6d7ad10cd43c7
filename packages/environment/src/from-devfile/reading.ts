import { type Devfile, type DocumentPath, formatPath } from '@devstead/devfile';
import type { Diagnostic, DiagnosticStep, Severity } from '@devstead/kit';
import type { EnvironmentCode } from '../codes.ts';
import type { Origin } from '../types.ts';

/** Where the value at a path of the document came from; empty when the document has no such value. */
export type OriginsOf = (path: DocumentPath) => readonly Origin[];

/** A value as the reader found it: `at` is its place in the document, `value` is undefined when nothing is written. */
interface Written<Value> {
  readonly at: DocumentPath;
  readonly value: Value | undefined;
}

/** What a format says when nothing is written. */
interface Fallback<Value> {
  readonly value: Value;
  /** The rule, as `why` shows it. */
  readonly rule: string;
}

interface Report {
  readonly code: EnvironmentCode;
  readonly severity: Severity;
  readonly at: DocumentPath;
  readonly message: string;
  readonly hint?: string;
}

/** One reading of one devfile: collects where values came from, and what is wrong with them. */
export interface Reading {
  readonly devfile: Devfile;
  readonly file: string;
  /** The origins of a place in the document; where it has none of its own, those of what encloses it. */
  originsAt(at: DocumentPath): readonly Origin[];
  /** The origins recorded for a path of the model. */
  originsOfValue(path: string): readonly Origin[];
  /** Notes where the value at a path of the model came from, nearest cause first. */
  record(path: string, origins: readonly Origin[]): void;
  /** The value written, else the format's; notes which. */
  take<Value>(path: string, written: Written<Value>, fallback: Fallback<Value>): Value;
  report(report: Report): void;
  readonly provenance: ReadonlyMap<string, readonly Origin[]>;
  readonly diagnostics: readonly Diagnostic[];
}

/** An origin for what the format lays down. */
export function originOfRule(rule: string): Origin {
  return { kind: 'default', detail: `devfile: ${rule}` };
}

export function startReading(devfile: Devfile, originsOf: OriginsOf, file: string): Reading {
  const provenance = new Map<string, readonly Origin[]>();
  const diagnostics: Diagnostic[] = [];

  function originsAt(at: DocumentPath): readonly Origin[] {
    for (let length = at.length; length > 0; length -= 1) {
      const origins = originsOf(at.slice(0, length));
      if (origins.length > 0) return origins;
    }
    return [{ kind: 'file', file }];
  }

  return {
    devfile,
    file,
    provenance,
    diagnostics,
    originsAt,
    originsOfValue: (path) => provenance.get(path) ?? [],
    record: (path, origins) => {
      provenance.set(path, origins);
    },
    take: (path, written, fallback) => {
      provenance.set(path, written.value === undefined ? [originOfRule(fallback.rule)] : originsAt(written.at));
      return written.value ?? fallback.value;
    },
    report: ({ at, ...rest }) => {
      const origins = originsAt(at).filter(({ line }) => line !== undefined);
      const [place] = origins;
      const chain = describeChain(origins.slice(1));
      diagnostics.push({
        ...rest,
        file: place?.file ?? file,
        ...(place?.line === undefined ? {} : { line: place.line }),
        ...(place?.column === undefined ? {} : { column: place.column }),
        path: formatPath(at, devfile),
        ...(chain.length === 0 ? {} : { chain }),
      });
    },
  };
}

/** The files that brought a value in, up to the first cause of another kind. */
function describeChain(origins: readonly Origin[]): DiagnosticStep[] {
  const end = origins.findIndex(({ kind }) => kind === 'variable' || kind === 'default');
  return origins
    .slice(0, end === -1 ? origins.length : end)
    .map(({ kind, file = '', line = 1, column = 1, detail }) => {
      const relation = kind === 'parent' || kind === 'plugin' ? kind : 'overrides';
      const isNamed = relation !== 'overrides' && detail !== undefined;
      return { relation, file, line, column, ...(isNamed ? { detail } : {}) };
    });
}
