import { AppError } from '@devstead/kit';

/** The time that files of an image get, in seconds since 1970; undefined for no text. Throws USAGE. */
export function readEpoch(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const seconds = /^\d{1,11}$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (Number.isFinite(seconds)) return Math.floor(seconds);
  throw new AppError('USAGE', `${JSON.stringify(text)} is no time`, {
    hint: 'Write seconds since 1970, or a date: 2026-01-31.',
  });
}
