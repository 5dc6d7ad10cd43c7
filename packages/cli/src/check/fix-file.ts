import type { Profile } from '@devstead/devfile';
import type { AppliedFix } from '@devstead/devfile/language';
import { readDevfileText } from '../find-devfile.ts';
import type { Io } from '../io.ts';
import { writeFixed } from './write-fixed.ts';

export interface FixedFile {
  /** As the file is shown. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly applied: readonly AppliedFix[];
}

/** Makes the safe fixes of a devfile, and writes it unless that is not wanted. Throws UNREADABLE_INPUT. */
export async function fixFile(io: Io, path: string, profile: Profile, isDryRun: boolean): Promise<FixedFile> {
  const { fixDevfile } = await import('@devstead/devfile/language');
  const { file, text } = readDevfileText(io, path);
  const { text: after, applied } = await fixDevfile(text, { file, profile });
  if (after !== text && !isDryRun) writeFixed(path, text, after);
  return { file, before: text, after, applied };
}
