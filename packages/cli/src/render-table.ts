import { type Colour, paint } from './colour.ts';

/** A cell is its text, or text with a colour. */
export type Cell = string | { readonly text: string; readonly colour: Colour };

interface TableOptions {
  readonly hasColour: boolean;
  /** Put before each row. Default: two spaces. */
  readonly indent?: string;
}

/** Rows with their columns in line, two spaces apart; no spaces at the end of a line. */
export function renderTable(rows: readonly (readonly Cell[])[], { hasColour, indent = '  ' }: TableOptions): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, textOf(cell).length);
    });
  }
  return rows.map((row) => `${indent}${renderRow(row, widths, hasColour)}\n`).join('');
}

function renderRow(row: readonly Cell[], widths: readonly number[], hasColour: boolean): string {
  const last = row.findLastIndex((cell) => textOf(cell) !== '');
  return row
    .slice(0, last + 1)
    .map((cell, index) => {
      const text = textOf(cell);
      const painted = typeof cell === 'string' ? text : paint(cell.colour, text, hasColour);
      return index === last ? painted : `${painted}${' '.repeat((widths[index] ?? 0) - text.length)}`;
    })
    .join('  ');
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
