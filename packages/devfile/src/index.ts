export { type DiagnosticCode, diagnosticTable } from './codes.ts';
export {
  applyBooleanDefaults,
  hasMountedSources,
  isDedicatedPod,
  isDefaultOfGroup,
  isEphemeral,
  isHotReloadCapable,
  isParallel,
  isSecure,
} from './defaults.ts';
export { formatPath } from './document-path.ts';
export { parseQuantity, toThousandths, toUnits } from './quantity.ts';
export { type DevfileResult, devfileNames, type ReadOptions, readDevfile } from './read-devfile.ts';
export { renderDiagnostic } from './render-diagnostic.ts';
export type * from './types.ts';
