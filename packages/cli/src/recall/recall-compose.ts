import type { ComposeRequest } from '@devstead/environment/compose';
import type { JudgedCompose } from '../compose/judge-compose.ts';
import type { Io } from '../io.ts';
import { recallReading } from './recall-reading.ts';

/** What reading a compose project gave, recalled where it may be. */
export function recallCompose(io: Io, request: ComposeRequest): Promise<JudgedCompose> {
  // The variables are asked for by name; a name is no place for a text that may hold secrets.
  const { environment: _, standardInput, ...asked } = request;
  const subject = { name: ['compose', io.cwd, asked], given: [standardInput] };
  return recallReading(io, subject, async ({ files, variables }) => {
    const { judgeCompose } = await import('../compose/judge-compose.ts');
    return judgeCompose(io, { ...request, environment: variables }, files);
  });
}
