import { readFileSync, statSync } from 'node:fs';
import type { ComposeFiles, FoundFile } from '@devstead/environment/compose';

/** Files larger than this are no part of a compose project. */
const mostBytes = 8 * 1024 * 1024;

/** The machine's files, as reading a compose project sees them. */
export const machineFiles: ComposeFiles = {
  find: (path): FoundFile => {
    try {
      const kind = statSync(path);
      if (kind.isDirectory()) return { kind: 'folder' };
      if (!kind.isFile()) return { kind: 'unreadable', reason: 'it is no regular file' };
      if (kind.size > mostBytes) return { kind: 'unreadable', reason: `it has more than ${mostBytes} bytes` };
      return { kind: 'file', text: readFileSync(path, 'utf8') };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
      return { kind: 'unreadable', reason: code };
    }
  },
};
