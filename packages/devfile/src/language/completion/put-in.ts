import type { LanguageDocument } from '../open-document.ts';
import type { CompletionContext } from './find-context.ts';
import type { CompletionItem } from './types.ts';

interface Proposal {
  readonly label: string;
  readonly kind: CompletionItem['kind'];
  readonly detail?: string;
  readonly documentation?: string;
  readonly text: string;
  readonly isSnippet?: boolean;
  /** Smaller comes first. */
  readonly rank?: number;
}

/** Makes an item that replaces what is typed at the context's place. */
export function putIn(document: LanguageDocument, context: CompletionContext, proposal: Proposal): CompletionItem {
  const { label, kind, detail, documentation, text, isSnippet = false, rank = 5 } = proposal;
  const { replaced, lead } = context;
  const typed = document.text.slice(replaced.start, replaced.end);
  return {
    label,
    kind,
    ...(detail !== undefined && { detail }),
    ...(documentation !== undefined && documentation !== '' && { documentation }),
    edit: { range: document.lines.rangeOf(replaced), newText: lead + text },
    isSnippet,
    // Editors compare all that is replaced, so a quote or a dash that is there must be in the text compared.
    ...(/^["']/.test(typed) && { filterText: `${typed[0]}${label}` }),
    sortText: `${rank}${label}`,
  };
}

/** Spaces by which lines inside a value at the context's place are indented more than the line it is on. */
export function indentWithin(document: LanguageDocument, { replaced }: CompletionContext): number {
  const { line, character } = document.lines.positionAt(replaced.start);
  return Math.max(character - document.lines.indentationOf(line), 0);
}
