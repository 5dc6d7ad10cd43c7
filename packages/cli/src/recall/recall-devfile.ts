import { readDevfileText } from '../find-devfile.ts';
import type { Io } from '../io.ts';
import type { JudgedDevfile } from '../judge-devfile.ts';
import type { Reading } from '../reading-options.ts';
import { recallReading } from './recall-reading.ts';

/**
 * What reading a devfile gave, recalled where it may be. One that asks for others is read anew each time, because they may
 * have changed, or may be there now. Throws UNREADABLE_INPUT.
 */
export function recallDevfile(io: Io, devfile: string, reading: Reading): Promise<JudgedDevfile> {
  const { file, text, maxBytes } = readDevfileText(io, devfile);
  const subject = { name: ['devfile', devfile], given: [file, text, maxBytes, reading.variables] };
  const read = async (): Promise<JudgedDevfile> => {
    const { judgeDevfile } = await import('../judge-devfile.ts');
    return judgeDevfile(io, devfile, reading);
  };
  // It may have been written again while it was read.
  return recallReading(io, subject, read, (judged) => {
    return judged.isComplete && judged.isAlone && judged.text === text;
  });
}
