import { statSync, truncateSync } from 'node:fs';
import { resolveCommand } from '@devstead/environment/commands';
import { AppError } from '@devstead/kit';
import { readRecordedEnvironment, takeLock } from '@devstead/runtime';
import type { Command } from 'commander';
import { openNamedWorkspace } from '../attached-process.ts';
import type { Io } from '../io.ts';
import { backgroundLock, backgroundLog } from '../odo/background-run.ts';
import { nameOption } from '../output-option.ts';
import { RunningCommand } from '../watch/running-command.ts';

const graceMs = 5000;
const maxLogBytes = 16 << 20;
const lookAtLogEveryMs = 10_000;

/** `devstead run-in-background`: what `devstead push` leaves behind. Ends with the command, and ends that when asked to end. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('<command>', 'id of a command')
    .addOption(nameOption())
    .addHelpText(
      'after',
      '\n`devstead push` calls this.\n\nExample:\n  devstead run-in-background run-app --name shop\n',
    )
    .action(async (id: string, options: { readonly name?: string }) => {
      const { workspace, runtime } = openNamedWorkspace(io, options.name);
      const environment = readRecordedEnvironment(workspace);
      if (environment === undefined) throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`);
      const { tree } = resolveCommand(environment, id);
      const lock = await takeLock(backgroundLock(workspace), id);
      if (lock === undefined) throw new AppError('WORKSPACE_LOCKED', 'another command runs in the background already');
      const timer = setInterval(() => limitLog(backgroundLog(workspace)), lookAtLogEveryMs);
      try {
        const running = new RunningCommand(runtime, tree, { stdio: ['ignore', 'inherit', 'inherit'] });
        io.signal.addEventListener('abort', () => void running.end(graceMs), { once: true });
        done(await running.ended);
      } finally {
        clearInterval(timer);
        lock.release();
      }
    });
}

/** The file is appended to, so that it goes on from its new end. */
function limitLog(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maxLogBytes) truncateSync(path);
}
