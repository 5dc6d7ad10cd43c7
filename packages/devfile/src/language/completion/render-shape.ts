import type { Shape } from './shape.ts';

/** Counts the tab stops of one snippet. */
export class TabStops {
  private count = 0;

  next(placeholder: string, options: readonly string[]): string {
    this.count++;
    if (options.length > 0)
      return `\${${this.count}|${options.map((option) => option.replaceAll(/[\\,|]/g, '\\$&')).join(',')}|}`;
    return placeholder === '' ? `$${this.count}` : `\${${this.count}:${escapeSnippet(placeholder)}}`;
  }
}

/** Text that must not be taken for a tab stop. */
export function escapeSnippet(text: string): string {
  return text.replaceAll(/[\\$}]/g, '\\$&');
}

/** A value as YAML behind its key's colon or its dash. `indent`: spaces before the lines of the value. */
export function renderYaml(shape: Shape, indent: number, stops: TabStops, isAtDash = false): string {
  const margin = ' '.repeat(indent);
  if (shape.kind === 'text') return ` ${stops.next(shape.placeholder, shape.options)}`;
  if (shape.kind === 'list') return `\n${margin}-${renderYaml(shape.item, indent + 2, stops, true)}`;
  if (shape.fields.length === 0) return isAtDash ? ` ${stops.next('', [])}` : `\n${margin}${stops.next('', [])}`;
  const lines = shape.fields.map(([name, value]) => `${name}:${renderYaml(value, indent + 2, stops)}`);
  return `${isAtDash ? ' ' : `\n${margin}`}${lines.join(`\n${margin}`)}`;
}

/** A value as JSON. */
export function renderJson(shape: Shape, indent: number, stops: TabStops): string {
  if (shape.kind === 'text') {
    const isBare = !shape.isText;
    const stop = stops.next(shape.placeholder, shape.options);
    return isBare ? stop : `"${stop}"`;
  }
  const margin = ' '.repeat(indent + 2);
  const end = ' '.repeat(indent);
  if (shape.kind === 'list') return `[\n${margin}${renderJson(shape.item, indent + 2, stops)}\n${end}]`;
  if (shape.fields.length === 0) return `{${stops.next('', [])}\\}`;
  const lines = shape.fields.map(([name, value]) => `${margin}"${name}": ${renderJson(value, indent + 2, stops)}`);
  return `{\n${lines.join(',\n')}\n${end}\\}`;
}
