import type { Devfile1, Devfile1Result } from '@devstead/devfile';

/** A devfile 1.0.0 without errors, as `readDevfile1` gives it. */
export type SoundDevfile1 = Devfile1Result & { readonly devfile: Devfile1 };
