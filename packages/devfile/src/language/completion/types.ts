import type { TextEdit } from '../types.ts';

/** One proposal at a place. */
export interface CompletionItem {
  readonly label: string;
  readonly kind: 'field' | 'value' | 'name' | 'snippet';
  /** A few words beside the label. */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /**
   * What is put in. With `isSnippet` it has the protocol's tab stops (`$1`, `${2:text}`, `${3|a,b|}`); further lines are
   * indented relative to the line it is put into.
   */
  readonly edit: TextEdit;
  readonly isSnippet: boolean;
  /** What has been typed is compared with this instead of the label. */
  readonly filterText?: string;
  /** By place in the list, the best first. */
  readonly sortText: string;
}
