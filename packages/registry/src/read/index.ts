export { readSource, type SourceContent, type SourceOptions } from './read-source.ts';
