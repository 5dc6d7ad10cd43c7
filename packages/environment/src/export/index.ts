export { type ConvertCode, convertCodes } from './codes.ts';
export { findTarget, type Target, targets } from './targets-table.ts';
export type { Export, ExportedFile, ExportSource } from './types.ts';
