export { type ConvertCode, convertCodes } from '@devstead/devfile';
export { findTarget, type Target, targets } from './targets-table.ts';
export type { Export, ExportedFile, ExportSource } from './types.ts';
