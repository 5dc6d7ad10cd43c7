import { AppError } from '@devstead/kit';
import { interactiveShell, readRecordedEnvironment } from '@devstead/runtime/workspace';
import type { Command } from 'commander';
import { openNamedWorkspace, reportExit, runAttached } from '../attached-process.ts';
import type { Io } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';

/** `devstead shell`: a shell where the sources are. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[container]', 'default: the first container that has the sources')
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  devstead shell\n  devstead shell postgresql\n  echo "pip list" | devstead shell\n',
    )
    .action(
      async (container: string | undefined, options: { readonly name?: string; readonly output: 'text' | 'json' }) => {
        const { workspace, runtime } = openNamedWorkspace(io, options.name);
        const environment = readRecordedEnvironment(workspace);
        // What only a command starts may not run.
        const own = environment?.containers.filter(({ appliedBy }) => appliedBy === undefined);
        const target = container ?? own?.find(({ sources }) => sources !== undefined)?.name ?? own?.[0]?.name;
        if (target === undefined) throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} has no containers`);
        const startedAt = io.clock.now();
        const { output } = options;
        const code = await runAttached(io, runtime, { container: target, argv: interactiveShell, output });
        done(reportExit(io, output, startedAt, code));
      },
    );
}
