import { describe, expect, it } from 'vitest';
import { openDocument } from '../open-document.ts';
import { listFoldings } from './list-foldings.ts';
import { type DocumentSymbol, listSymbols } from './list-symbols.ts';

const text = `schemaVersion: 2.2.2
variables: {tag: "1"}
components:
  - name: web
    container:
      image: x
      endpoints:
        - name: http
          targetPort: 80
  - volume: {}
commands:
  - id: run
    exec: {component: web, commandLine: x}
events:
  postStart: [run]
`;

const outline = ({ name, kind, children }: DocumentSymbol): unknown =>
  children.length === 0 ? `${kind} ${name}` : [`${kind} ${name}`, ...children.map(outline)];

describe('listSymbols', () => {
  it('has sections, their elements and endpoints', () => {
    expect(listSymbols(openDocument(text)).map(outline)).toEqual([
      'section schemaVersion',
      ['section variables', 'variable tag'],
      ['section components', ['component web', 'endpoint http'], 'component number 2'],
      ['section commands', 'command run'],
      ['section events', 'event postStart'],
    ]);
  });

  it('has the name inside each range', () => {
    const check = ({ range, selectionRange, children }: DocumentSymbol): void => {
      expect(selectionRange.start.line).toBeGreaterThanOrEqual(range.start.line);
      expect(selectionRange.end.line).toBeLessThanOrEqual(range.end.line);
      children.forEach(check);
    };
    listSymbols(openDocument(text)).forEach(check);
  });
});

describe('listFoldings', () => {
  it('folds fields and elements of several lines', () => {
    expect(listFoldings(openDocument(text)).map(({ startLine, endLine }) => [startLine, endLine])).toEqual([
      [2, 9],
      [3, 8],
      [4, 8],
      [6, 8],
      [7, 8],
      [10, 12],
      [11, 12],
      [13, 14],
    ]);
  });
});
