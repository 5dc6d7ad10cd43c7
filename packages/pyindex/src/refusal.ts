/**
 * Why something is not done, without words of HTTP:
 * - `invalid`: what was given is wrong
 * - `forbidden`: whoever asks may not, or the index does not allow it
 * - `missing`: it is about something that is not there
 * - `conflict`: something else is there already
 * - `gone`: it was there once
 */
export type RefusalKind = 'invalid' | 'forbidden' | 'missing' | 'conflict' | 'gone';

/** Something is not done. The message is what the user reads; nothing was changed. */
export class Refusal extends Error {
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string) {
    super(message);
    this.name = 'Refusal';
    this.kind = kind;
  }
}
