import { realpathSync } from 'node:fs';
import type { ComposeRequest } from '@devstead/environment/compose';
import { AppError } from '@devstead/kit';
import type { Io } from '../io.ts';
import type { LoadedEnvironment } from '../load-environment.ts';
import { recallCompose } from '../recall/recall-compose.ts';
import { showDiagnostics } from './show-diagnostics.ts';

/**
 * Reads a compose project and the environment it describes, and prints every diagnostic with its place. Throws
 * COMPOSE_INVALID.
 */
export async function loadProject(
  io: Io,
  request: ComposeRequest,
  { printsErrorsOnly = false }: { readonly printsErrorsOnly?: boolean } = {},
): Promise<LoadedEnvironment> {
  const { file, place, diagnostics, environment } = await recallCompose(io, request);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  io.stderr.write(showDiagnostics(io, printsErrorsOnly ? errors : diagnostics, io.stderr));
  if (environment === undefined || place === undefined) {
    throw new AppError('COMPOSE_INVALID', `${file} has ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`);
  }
  const folder = realpathSync(place.folder);
  return { environment, folder, devfile: place.files[0] ?? folder, diagnostics };
}
