export { PluginCatalog } from './plugin-catalog.ts';
