import { AppError } from '@devstead/kit';
import type { StarterReference } from '../types.ts';

/** The folder as plain words apart by `/`; none where it is all of the sources. Throws STARTER_REFUSED. */
export function withPlainFolder({ subDir, ...starter }: StarterReference): StarterReference {
  const steps = (subDir ?? '').split('/').filter((step) => step !== '' && step !== '.');
  if (steps.some((step) => step === '..' || step.includes('\\') || step.toLowerCase() === '.git'))
    throw new AppError('STARTER_REFUSED', `the folder of ${starter.name} lies outside its sources`);
  return steps.length === 0 ? starter : { ...starter, subDir: steps.join('/') };
}
