export { builtInPlugins, defaultEditorId } from './built-in-plugins.ts';
export type { Plugin } from './plugin.ts';
export { PluginCatalog } from './plugin-catalog.ts';
export { readPlugin } from './read-plugin.ts';
