import type { ComposeFiles, FoundFile } from '@devstead/environment/compose';
import { readLimitedFile } from '../read-limited-file.ts';

/** The machine's files, as reading a compose project sees them; more of one than the reader takes is never read. */
export const machineFiles: ComposeFiles = {
  find: (path): FoundFile => {
    const answer = readLimitedFile(path);
    if ('text' in answer) return { kind: 'file', text: answer.text };
    if (answer.isAbsent) return { kind: 'absent' };
    return answer.isFolder ? { kind: 'folder' } : { kind: 'unreadable', reason: answer.reason };
  },
};
