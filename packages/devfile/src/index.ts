export type { Diagnostic, DiagnosticStep, Severity } from '@devstead/kit';
export { makeAbsoluteUris } from './absolute-uris.ts';
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
export { devfileNames } from './devfile-names.ts';
export { isDevfile1 } from './devfile1/detect.ts';
export type { ReferencedText, References } from './devfile1/open-references.ts';
export type { PluginContainer, PluginMeta, ResolvedPlugin } from './devfile1/plugins/types.ts';
export { type Devfile1Result, type ReadOptions1, readDevfile1 } from './devfile1/read-devfile1.ts';
export type * from './devfile1/types.ts';
export { formatPath } from './document-path.ts';
export { type FetchAnswer, type Fetcher, importLimits } from './flatten/fetcher.ts';
export { isWebPage } from './flatten/is-web-page.ts';
export type { ImageNames } from './image-names/replace-image-names.ts';
export { parseQuantity, toThousandths, toUnits } from './quantity.ts';
export { type DevfileFile, type DevfileResult, type ReadOptions, readDevfile } from './read-devfile.ts';
export { toReferenceForm } from './reference-form.ts';
export { renderDiagnostic } from './render-diagnostic.ts';
export type * from './types.ts';
