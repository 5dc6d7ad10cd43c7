import { systemClock } from '@devstead/kit';
import type { Io, Output } from './io.ts';

/** The one place that reads the process's own variables and streams. */
export function processIo(signal: AbortSignal): Io {
  const { env } = process;
  return {
    stdout: output(process.stdout, env),
    stderr: output(process.stderr, env),
    stdin: {
      // Asked when somebody wants to know: opening it takes a tenth of a short command's time.
      get isTerminal() {
        return process.stdin.isTTY === true;
      },
    },
    env,
    cwd: process.cwd(),
    clock: systemClock,
    signal,
  };
}

function output(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Output {
  const isTerminal = stream.isTTY === true;
  // A reader that went away (`devstead logs | head`) is no fault.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    write: (text) => stream.write(text),
    isTerminal,
    hasColour: isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    // Looked at anew each time: a window changes its size.
    get columns() {
      return stream.columns ?? 80;
    },
    get rows() {
      return stream.rows;
    },
  };
}
