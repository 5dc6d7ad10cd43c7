import { joinPath } from '../values/paths.ts';

/** What stands at a path of the machine. */
export type FoundFile =
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'folder' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** The files a project may be read from, by absolute path; passed in, so that reading is pure. */
export interface ComposeFiles {
  find(path: string): FoundFile;
}

/** The same files, where a path that was left as it is written begins in a folder. */
export function filesBelow(folder: string, files: ComposeFiles): ComposeFiles {
  return { find: (path) => files.find(path === '-' ? path : joinPath(folder, path)) };
}

/** Files from a map of paths and texts, for tests and browsers; folders are those that hold a file. */
export function filesFromMap(texts: Readonly<Record<string, string>>): ComposeFiles {
  return {
    find: (path) => {
      const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
      if (text !== undefined) return { kind: 'file', text };
      const isFolder = Object.keys(texts).some((name) => name.startsWith(`${path}/`));
      return { kind: isFolder ? 'folder' : 'absent' };
    },
  };
}
