import { convertDevfile1, type Devfile1, type Devfile1Result } from '@devstead/devfile';
import { type EnvironmentReading, readEnvironmentFromDevfile } from '../from-devfile/read-environment.ts';

/** A devfile 1.0.0 without errors, as `readDevfile1` gives it. */
export type SoundDevfile1 = Devfile1Result & { readonly devfile: Devfile1 };

interface ReadOptions {
  /** The devfile's name as people see it, relative: it stands in the model and in the diagnostics. */
  readonly file: string;
  /** The environment's name when the devfile has none, usually that of its folder. */
  readonly fallbackName: string;
}

/**
 * The environment that a devfile 1.0.0 describes, each value with where it came from (devfile-v1-che 2.1 and 2.5). It goes
 * through the words of 2.x, so that both formats mean the same here.
 */
export function readEnvironmentFromDevfile1(
  read: SoundDevfile1,
  { file, fallbackName }: ReadOptions,
): EnvironmentReading {
  const { devfile, losses, originsOf } = convertDevfile1({ ...read, file });
  const { environment, diagnostics } = readEnvironmentFromDevfile(devfile, { originsOf, file, fallbackName });
  const ofCommands = losses.filter(({ topic }) => topic === 'command').map(({ diagnostic }) => diagnostic);
  return {
    environment: { ...environment, source: { ...environment.source, version: read.devfile.apiVersion } },
    diagnostics: [...ofCommands, ...diagnostics],
  };
}
