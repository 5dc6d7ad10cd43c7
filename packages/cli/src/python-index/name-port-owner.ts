import { AppError } from '@devstead/kit';
import { describePortOwner } from '@devstead/runtime/index-service';

/** A failure to listen with who has the port, and how to take another; every other error as it is. */
export function namePortOwner(error: unknown, port: number): unknown {
  if (!(error instanceof AppError) || error.code !== 'PORT_IN_USE') return error;
  const owner = describePortOwner(port) ?? 'another process';
  return new AppError('PORT_IN_USE', `port ${port} is held by ${owner}`, {
    hint: 'End it, or pass another port: `devstead index serve --port 3142`, or 0 for any free one.',
    cause: error,
  });
}
