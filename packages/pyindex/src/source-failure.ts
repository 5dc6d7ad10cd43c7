/**
 * Why a source has no answer:
 * - `upstream-unreachable`: upstream did not answer, or not in time (502)
 * - `upstream-broken`: it answered something that is no page or no such file: too large, truncated, another hash (502)
 * - `held-back`: a rule forbids it (403), with `rule`
 * - `deleted`: it was here once (410)
 * - `no-metadata`: the file is there, its core metadata is not (404)
 */
export type SourceFailureKind = 'upstream-unreachable' | 'upstream-broken' | 'held-back' | 'deleted' | 'no-metadata';

/** A source cannot answer. The message is one sentence for people, without addresses that carry credentials. */
export class SourceFailure extends Error {
  readonly kind: SourceFailureKind;
  /** The id of the rule that held it back. */
  readonly rule?: string;

  constructor(
    kind: SourceFailureKind,
    message: string,
    options: { readonly cause?: unknown; readonly rule?: string } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SourceFailure';
    this.kind = kind;
    if (options.rule !== undefined) this.rule = options.rule;
  }
}
