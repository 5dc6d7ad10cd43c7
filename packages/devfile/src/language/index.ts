export { complete } from './completion/complete.ts';
export type { CompletionItem } from './completion/types.ts';
export { diagnose, type PlacedDiagnostic, placeDiagnostics } from './diagnose.ts';
export { type Hover, hover } from './hover/hover.ts';
export { findDefinitions, findReferencesTo, findRenamed, refuseName, rename } from './names/find-definition.ts';
export { type LanguageDocument, openDocument } from './open-document.ts';
export { type Folding, listFoldings } from './structure/list-foldings.ts';
export { type DocumentSymbol, listSymbols } from './structure/list-symbols.ts';
export type { Position, Range, TextEdit } from './types.ts';
