import { describeOwner } from '../names/describe-name.ts';
import { findNameAt, isSameName, listNames, type NamePlace } from '../names/list-names.ts';
import type { LanguageDocument } from '../open-document.ts';
import { findSpot } from '../tree/find-spot.ts';
import type { Position, Range } from '../types.ts';
import { describeField } from './describe-field.ts';

/** What is known about a place. */
export interface Hover {
  /** Markdown. Text of the file is in code marks, so that it cannot become markup. */
  readonly markdown: string;
  readonly range: Range;
}

/** The specification's words about a field or value, and for a name what has it. */
export function hover(document: LanguageDocument, position: Position): Hover | undefined {
  const offset = document.lines.offsetAt(position);
  const names = listNames(document);
  const name = findNameAt(names, offset);
  if (name !== undefined && !name.isDefinition) {
    return { markdown: describeUse(name, names, document), range: document.lines.rangeOf(name.span) };
  }
  const spot = findSpot(document.tree, offset);
  if (spot === undefined || spot.node.kind !== 'scalar' || offset > spot.node.end) return undefined;
  // What stands in a list is explained by the list.
  const path = typeof spot.path.at(-1) === 'number' ? spot.path.slice(0, -1) : spot.path;
  const words = describeField(document.version, path);
  if (words === '') return undefined;
  const title = path.filter((step) => typeof step === 'string').join('.');
  return { markdown: `**${title}**\n\n${words}`, range: document.lines.rangeOf(spot.node) };
}

function describeUse(name: NamePlace, names: readonly NamePlace[], { file, lines }: LanguageDocument): string {
  const definition = names.find((other) => other.isDefinition && isSameName(other, name));
  const title = `**${name.kind}** ${code(name.name)}`;
  if (definition === undefined) return `${title}\n\nnot in this file`;
  const line = lines.positionAt(definition.span.start).line + 1;
  const what = describeOwner(definition);
  return [title, what === '' ? '' : code(what), `${file}:${line}`].filter(Boolean).join('\n\n');
}

/** Text of the user's as Markdown code, whatever it has in it. */
function code(text: string): string {
  const marks = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return marks.length > 1 ? `${marks} ${text} ${marks}` : `${marks}${text}${marks}`;
}
