import type { PackageSource, ReleaseFile } from '../source.ts';

/** Several sources as one; of two files with the same name the one of the earlier source counts. */
export function mergeInOrder(sources: readonly PackageSource[]): PackageSource {
  return {
    async listProjects(options) {
      const lists = await Promise.all(sources.map((source) => source.listProjects(options)));
      return { names: [...new Set(lists.flatMap(({ names }) => names))].sort() };
    },
    async readProject(name, options) {
      const pages = (await Promise.all(sources.map((source) => source.readProject(name, options)))).filter(
        (page) => page !== undefined,
      );
      if (pages.length === 0) return undefined;
      const files = new Map<string, ReleaseFile>();
      for (const file of pages.flatMap((page) => page.files)) {
        if (!files.has(file.filename)) files.set(file.filename, file);
      }
      return { name, files: [...files.values()] };
    },
    async openFile(reference, options) {
      for (const source of sources) {
        const file = await source.openFile(reference, options);
        if (file !== undefined) return file;
      }
      return undefined;
    },
  };
}
