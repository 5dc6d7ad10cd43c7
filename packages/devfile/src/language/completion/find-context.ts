import type { DocumentPath } from '../../types.ts';
import { type LanguageDocument, openDocument } from '../open-document.ts';
import { type SchemaRecord, schemaAt } from '../schema/schema-node.ts';
import { findSpot } from '../tree/find-spot.ts';
import type { MapNode, ScalarNode, Span } from '../tree/node.ts';

/** What somebody is typing at a place. */
export interface CompletionContext {
  /** The document as it would be with a letter typed at the place. */
  readonly probe: LanguageDocument;
  readonly kind: 'key' | 'value' | 'item';
  /** Of a key, the path of its map; of a value, its own; of an item, that of its list. */
  readonly path: DocumentPath;
  readonly schema: SchemaRecord;
  /** The map that a key is typed in, when it has other keys. */
  readonly map?: MapNode;
  /** What the proposal replaces in the document as it is. */
  readonly replaced: Span;
  /** Put before what is proposed: a space behind a colon or a dash, a dash before an item. */
  readonly lead: string;
  readonly style: ScalarNode['style'];
  /** A colon follows already. */
  readonly hasColon: boolean;
  readonly isFlow: boolean;
}

/** Stands for what will be typed; no devfile has it. */
const mark = '\ue000';
const longestKey = 200;

/** Nothing in comments, block texts and where the schema knows nothing. */
export function findContext(document: LanguageDocument, offset: number): CompletionContext | undefined {
  const { text } = document;
  const before = text.slice(Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - longestKey), offset);
  const lead = /^\s*(-\s+)*(-|"[^"]*":|[\w.-]+:)$/.test(before) ? ' ' : '';
  const typed = `${lead}${mark}`;
  const probe = openDocument(`${text.slice(0, offset)}${typed}${text.slice(offset)}`, document.file);
  const spot = findSpot(probe.tree, offset + typed.length);
  if (spot === undefined || spot.node.kind !== 'scalar' || spot.node.style === 'block') return undefined;
  const { node, path, role } = spot;
  const written = probe.text.slice(node.start, node.end);
  if (!written.includes(mark) || written.includes('\n')) return undefined;
  const base = {
    probe,
    replaced: { start: Math.min(node.start, offset), end: Math.max(node.end - typed.length, offset) },
    lead,
    style: node.style,
    isFlow: probe.isJson || spot.map?.isFlow === true,
  };
  const child = spot.trail.at(-1);
  if (role === 'key') {
    const hasColon = spot.map?.entries.some((entry) => entry.key === node && entry.colon !== undefined) === true;
    return place({ ...base, kind: 'key', path: path.slice(0, -1), hasColon, ...(spot.map && { map: spot.map }) });
  }
  const schema = schemaAt(probe.version, path);
  const isBehindKey =
    child?.key !== undefined && probe.lines.positionAt(child.key.end).line === probe.lines.positionAt(node.start).line;
  const isInList = typeof path.at(-1) === 'number';
  if (schema?.type === 'object') {
    const isNew = isInList && (base.isFlow ? probe.isJson : isUnmarked(probe, node));
    if (isNew) return place({ ...base, kind: 'item', path: path.slice(0, -1), hasColon: false });
    return base.isFlow || isBehindKey ? undefined : place({ ...base, kind: 'key', path, hasColon: false });
  }
  if (schema?.type === 'array') {
    return base.isFlow || isBehindKey ? undefined : place({ ...base, kind: 'item', path, hasColon: false });
  }
  return place({ ...base, kind: 'value', path, hasColon: false });
}

type Placed = Omit<CompletionContext, 'schema'>;

function place(context: Placed): CompletionContext | undefined {
  const schema = schemaAt(context.probe.version, context.path);
  if (schema === undefined)
    return context.path.includes('attributes') ? { ...context, schema: { type: 'object' } } : undefined;
  return { ...context, schema };
}

/** True for a text that has no dash before it yet. */
function isUnmarked({ lines, text }: LanguageDocument, { start }: Span): boolean {
  return !/-\s*$/.test(text.slice(lines.startOf(lines.positionAt(start).line), start));
}
