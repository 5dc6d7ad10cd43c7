export type { Diagnostic, DiagnosticStep, Severity } from '@devstead/kit';
export { makeAbsoluteUris } from './absolute-uris.ts';
export { type DiagnosticCode, diagnosticTable } from './codes.ts';
export { type ConvertCode, convertCodes } from './convert-codes.ts';
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
export type { ConversionInput, Loss, LossTopic } from './devfile1/convert/conversion.ts';
export { type Converted, convertDevfile1 } from './devfile1/convert/convert-devfile1.ts';
export { editorFiles } from './devfile1/convert/editor.ts';
export { isDevfile1 } from './devfile1/detect.ts';
export type { Manifests } from './devfile1/manifest/open-manifests.ts';
export { findPodSpec, listContainers } from './devfile1/manifest/pod-spec.ts';
export type { ManifestObject } from './devfile1/manifest/types.ts';
export type { ReferencedText, References } from './devfile1/open-references.ts';
export type { PluginContainer, PluginMeta, ResolvedPlugin } from './devfile1/plugins/types.ts';
export { type Devfile1Result, type ReadOptions1, readDevfile1 } from './devfile1/read-devfile1.ts';
export type * from './devfile1/types.ts';
export { formatPath } from './document-path.ts';
export { type FetchAnswer, type Fetcher, importLimits } from './flatten/fetcher.ts';
export { isWebPage } from './flatten/is-web-page.ts';
export type { ImageNames } from './image-names/replace-image-names.ts';
export { NamePool, toDevfileName } from './name-pool.ts';
export { parseQuantity, toThousandths, toUnits } from './quantity.ts';
export { type DevfileFile, type DevfileResult, type ReadOptions, readDevfile } from './read-devfile.ts';
export { toReferenceForm } from './reference-form.ts';
export { renderDiagnostic } from './render-diagnostic.ts';
export type * from './types.ts';
