/** True of an error of the system that says that nothing more can be written: no space, or none left for this user. */
export function isDiskFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** True of what a program printed that could write no more. tar calls a part that was written "Wrote only 512 of 1024 bytes". */
export function saysDiskFull(said: string): boolean {
  return /No space left on device|Disk quota exceeded|Out of diskspace|Wrote only \d+ of \d+ bytes/i.test(said);
}
