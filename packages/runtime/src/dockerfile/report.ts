import type { Diagnostic } from '@devstead/kit';
import type { DockerfileCode } from './codes.ts';
import type { Place } from './types.ts';

/** Says something about a place of a Dockerfile. */
export type Report = (
  code: DockerfileCode,
  message: string,
  place: Place,
  more?: Partial<Pick<Diagnostic, 'severity' | 'hint' | 'endColumn'>>,
) => void;
