import { InvalidArgumentError } from 'commander';

const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/** Bytes of a size such as `500Mi`, `20Gi` or `1G`, written as in a devfile; a bare number counts bytes. */
export function parseSize(text: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,3})?)([kmgt]i?)?b?$/i.exec(text);
  const unit = units[(match?.[2] ?? '').toLowerCase()];
  if (match === null || unit === undefined) throw new InvalidArgumentError('Write a size such as 500Mi or 20Gi.');
  return Math.floor(Number(match[1]) * unit);
}
