import { AppError, exitCode } from '@devstead/kit';
import { processIo } from './environment-variables.ts';
import type { Io } from './io.ts';
import { errorResult, renderError } from './render-error.ts';
import { readSystemError } from './system-error.ts';
import { version } from './version.ts';

/** Runs the command line of this process and returns its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  let count = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      count += 1;
      interruption.abort(new AppError('INTERRUPTED', `ended by ${signal}`));
      // Whoever asks three times does not want to wait for the clean-up; the next command finishes it.
      if (count > 2) process.exit(exitCode.interrupted);
    });
  }
  return runCommandLine(argv, processIo(interruption.signal));
}

/** Runs a command line with the streams given. Every error ends here: one place prints it and gives the exit code. */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    io.stdout.write(`${version}\n`);
    return exitCode.done;
  }
  try {
    const { parseCommandLine } = await import('./parse-command-line.ts');
    return await parseCommandLine(argv, io);
  } catch (error) {
    const failure =
      io.signal.aborted && !(error instanceof AppError)
        ? new AppError('INTERRUPTED', 'interrupted')
        : (readSystemError(error) ?? error);
    io.stderr.write(renderError(failure, io));
    if (wantsJson(argv)) io.stdout.write(`${JSON.stringify(errorResult(failure), null, 2)}\n`);
    return failureCode(argv, failure);
  }
}

/** Commands whose exit code is another program's: a failure of ours must not be taken for one of its. */
const passThrough = ['run', 'exec', 'shell', 'test'];

function failureCode(argv: readonly string[], failure: unknown): number {
  if (!(failure instanceof AppError)) return exitCode.ownFailure;
  // docker compose ends with 1 whatever is wrong.
  if (argv[0] === 'compose' && failure.code !== 'INTERRUPTED') return exitCode.bad;
  const isPassedThrough = passThrough.includes(argv.find((word) => !word.startsWith('-')) ?? '');
  return isPassedThrough && failure.code !== 'INTERRUPTED' ? exitCode.ownFailure : failure.exitCode;
}

/** True when the words ask for JSON; those after `--` belong to another program. */
function wantsJson(argv: readonly string[]): boolean {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  return own.some(
    (word, index) =>
      word === '--output=json' ||
      word === '-ojson' ||
      (word === 'json' && ['-o', '--output'].includes(own[index - 1] ?? '')),
  );
}
