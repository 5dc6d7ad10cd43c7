export { renderIndex } from '../catalog/render-index.ts';
export { readFolder, type SourceContent } from '../sources/stack-source.ts';
