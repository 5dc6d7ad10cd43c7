import { AppError } from '@devstead/kit';

/** A file that cannot be understood says nothing: what it told of is then made anew, or ended by other marks. */
export function tolerate<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
