import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { AppError } from '@devstead/kit';
import type { Io } from '../io.ts';

const variable = 'DEVSTEAD_INDEX_ROOT_PASSWORD';

/**
 * The password for a user: for root the variable, when it is set (also empty); else what is typed twice, unseen. Throws
 * USAGE without both.
 */
export async function readPassword(io: Io, user: string): Promise<string> {
  const named = user === 'root' ? io.env[variable] : undefined;
  if (named !== undefined) return named;
  if (!io.stdin.isTerminal) {
    throw new AppError('USAGE', `there is no terminal to ask for the password of ${user}`, {
      hint: user === 'root' ? `Set ${variable}, or pass --stdin.` : 'Pass --stdin and write the password to it.',
    });
  }
  const first = await ask(io, `New password of ${user}: `);
  if (first !== (await ask(io, 'Once more: '))) throw new AppError('USAGE', 'the two passwords differ');
  return first;
}

/** The first line of what is piped in. */
export async function readPipedPassword(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  throw new AppError('USAGE', 'nothing came on standard input');
}

async function ask(io: Io, question: string): Promise<string> {
  io.stderr.write(question);
  // What is typed is not written to the terminal.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await prompt.question('', { signal: io.signal });
  } finally {
    prompt.close();
    io.stderr.write('\n');
  }
}
