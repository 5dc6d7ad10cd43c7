import type { PackageSource } from '../source.ts';

/** A source that is not known yet: whoever asks it waits. */
export function awaitSource(source: Promise<PackageSource>): PackageSource {
  return {
    listProjects: async (options) => (await source).listProjects(options),
    readProject: async (name, options) => (await source).readProject(name, options),
    openFile: async (reference, options) => (await source).openFile(reference, options),
  };
}
