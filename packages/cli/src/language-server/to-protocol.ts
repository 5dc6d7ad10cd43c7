import { pathToFileURL } from 'node:url';
import type {
  PlacedDiagnostic,
  CompletionItem as ServiceItem,
  DocumentSymbol as ServiceSymbol,
} from '@devstead/devfile/language';
import type { Severity } from '@devstead/kit';
import {
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  type DocumentSymbol,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
  SymbolKind,
} from 'vscode-languageserver-protocol/node';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** A diagnostic of Devstead's as the protocol's. The hint is part of the message, because editors show nothing else. */
export function toProtocolDiagnostic(
  { diagnostic, range }: PlacedDiagnostic,
  file: string,
  locations: ReadonlyMap<string, string>,
): Diagnostic {
  const { code, severity, message, hint } = diagnostic;
  const isElsewhere = diagnostic.file !== undefined && diagnostic.file !== file;
  const uri = isElsewhere ? locations.get(diagnostic.file) : undefined;
  const place = isElsewhere ? `${diagnostic.file}:${diagnostic.line ?? 1}: ` : '';
  const start = { line: (diagnostic.line ?? 1) - 1, character: (diagnostic.column ?? 1) - 1 };
  return {
    range,
    severity: severities[severity],
    code,
    source: 'devstead',
    message: hint === undefined ? place + message : `${place}${message}\n${hint}`,
    ...(uri !== undefined && { relatedInformation: [{ location: { uri, range: { start, end: start } }, message }] }),
  };
}

const completionKinds: Readonly<Record<ServiceItem['kind'], CompletionItemKind>> = {
  field: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
  name: CompletionItemKind.Reference,
  snippet: CompletionItemKind.Snippet,
};

/** Where an editor knows no tab stops they are left out: the text has the values put in. */
export function toProtocolItem(item: ServiceItem, hasSnippets: boolean): CompletionItem {
  const { label, kind, detail, documentation, edit, isSnippet, filterText, sortText } = item;
  const newText = isSnippet && !hasSnippets ? fillTabStops(edit.newText) : edit.newText;
  return {
    label,
    kind: completionKinds[kind],
    sortText,
    textEdit: { range: edit.range, newText },
    insertTextFormat: isSnippet && hasSnippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    insertTextMode: InsertTextMode.adjustIndentation,
    ...(detail !== undefined && { detail }),
    ...(filterText !== undefined && { filterText }),
    ...(documentation !== undefined && { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
  };
}

/** A snippet as plain text: its placeholders, and of several options none. */
export function fillTabStops(snippet: string): string {
  return snippet.replaceAll(
    /\\([\\$}|,])|\$\{\d+\|[^}]*?\|\}|\$\{\d+:((?:\\.|[^\\}])*)\}|\$\d+/g,
    (_, escaped?: string, text?: string) => escaped ?? text?.replaceAll(/\\(.)/g, '$1') ?? '',
  );
}

const symbolKinds: Readonly<Record<ServiceSymbol['kind'], SymbolKind>> = {
  section: SymbolKind.Namespace,
  component: SymbolKind.Class,
  command: SymbolKind.Function,
  project: SymbolKind.Package,
  variable: SymbolKind.Variable,
  event: SymbolKind.Event,
  endpoint: SymbolKind.Interface,
};

export function toProtocolSymbol(symbol: ServiceSymbol): DocumentSymbol {
  const { name, detail, kind, range, selectionRange, children } = symbol;
  return {
    name,
    kind: symbolKinds[kind],
    range,
    selectionRange,
    children: children.map(toProtocolSymbol),
    ...(detail !== undefined && { detail }),
  };
}

export function toUri(path: string): string {
  return pathToFileURL(path).href;
}
