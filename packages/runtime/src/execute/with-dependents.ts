import { AppError } from '@devstead/kit';

/** Says which containers could not start because of one. */
export function withDependents(error: AppError, dependents: readonly string[] = []): AppError {
  if (dependents.length === 0) return error;
  const details = [...error.details, `waiting for it: ${dependents.join(', ')}`];
  return new AppError(error.code, error.message, { ...error, cause: error, details });
}
