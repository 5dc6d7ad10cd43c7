import { AppError } from '@devstead/kit';
import { type Cell, renderTable } from '../../render-table.ts';

type Row = Readonly<Record<string, unknown>>;
type Part = string | ((row: Row) => string);

const functions: Readonly<Record<string, (value: unknown) => string>> = {
  json: (value) => JSON.stringify(value),
  upper: (value) => toText(value).toUpperCase(),
  lower: (value) => toText(value).toLowerCase(),
};

/**
 * Rows by a template of docker's `--format`: text, `{{.Field}}`, and `{{json .}}` or `upper` and `lower` of a field; `table`
 * in front sets columns, which `\t` parts, under their names. One line a row. Throws USAGE for what is none of that, and
 * for a field that rows do not have (`fields`).
 */
export function renderTemplate(rows: readonly Row[], template: string, fields: readonly string[]): string {
  const [, isTable, written = ''] = /^(table(?:\s+|$))?([^]*)$/.exec(template) ?? [];
  const parts = parseTemplate(written.replaceAll('\\t', '\t').replaceAll('\\n', '\n'), fields);
  const lines = rows.map((row) => parts.map((part) => (typeof part === 'string' ? part : part(row))).join(''));
  if (isTable === undefined) return lines.map((line) => `${line}\n`).join('');
  const head = [...written.matchAll(/\{\{[^}]*?\.?(\w+)\s*\}\}/g)].map(([, name = '']) => name.toUpperCase());
  const table = lines.map((line): Cell[] => line.split('\t'));
  return renderTable([head, ...table], { hasColour: false, indent: '' });
}

function parseTemplate(template: string, fields: readonly string[]): Part[] {
  return template.split(/(\{\{.*?\}\})/).map((part) => {
    if (!part.startsWith('{{')) return part;
    const inside = part.slice(2, -2).trim();
    const [, name = '', field = '', piped] = /^(?:(\w+)\s+)?\.(\w*)(?:\s*\|\s*(\w+))?$/.exec(inside) ?? [];
    const chosen = piped ?? name;
    const render = chosen === '' ? toText : functions[chosen];
    const isKnown = field === '' ? chosen === 'json' : fields.includes(field);
    if (render === undefined || !isKnown || !/\./.test(inside)) {
      throw new AppError('USAGE', `--format: ${part} is not understood`, {
        hint: `Write {{.FIELD}}, {{json .FIELD}} or {{json .}}; fields are ${fields.join(', ')}.`,
      });
    }
    return (row) => render(field === '' ? row : row[field]);
  });
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
