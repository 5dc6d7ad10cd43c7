import { dirname } from 'node:path';
import type { Environment } from '@devstead/environment';
import { AppError, hasErrors } from '@devstead/kit';
import { hasDevfileAbove } from '../find-devfile.ts';
import type { Io } from '../io.ts';
import { findComposeFile } from './find-compose-file.ts';
import { judgeCompose } from './judge-compose.ts';
import { showDiagnostics } from './show-diagnostics.ts';

/**
 * The environment of the compose project of a folder that has no devfile, nor a folder above it; undefined where there
 * is none. Errors are printed with their places. Throws COMPOSE_INVALID.
 */
export function loadComposed(io: Io): Environment | undefined {
  if (hasDevfileAbove(io.cwd)) return undefined;
  const found = findComposeFile(io.cwd);
  if (found === undefined) return undefined;
  const { file, diagnostics, environment } = judgeCompose(io, { folder: dirname(found) });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  io.stderr.write(showDiagnostics(io, errors, io.stderr));
  if (environment !== undefined && !hasErrors(diagnostics)) return environment;
  throw new AppError('COMPOSE_INVALID', `${file} has ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}`);
}
