import { AppError, exitCode } from '@devstead/kit';
import { analyseStarts, findWorkspace, readStarts } from '@devstead/runtime';
import { type Command, InvalidArgumentError } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { readFolders } from '../settings.ts';
import { renderTimeline } from '../timeline/render-timeline.ts';

interface TimelineOptions {
  readonly name?: string;
  readonly start: number;
  readonly output: 'text' | 'json';
}

/** `devstead timeline`: where the time of the last starts went. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .option('--start <number>', 'show the steps of another start: 2 is the one before the last', parseStart, 1)
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nA step marked with * is on the critical path: had it been quicker, so had the start. Usual is the median of the\n' +
        'starts before. The last 20 starts are kept.\n' +
        '\nExamples:\n  devstead timeline\n  devstead timeline --start 2\n  devstead timeline --output json\n',
    )
    .action((options: TimelineOptions) => {
      const by = { folder: io.cwd, ...(options.name === undefined ? {} : { name: options.name }) };
      const workspace = findWorkspace(readFolders(io).state, by);
      const starts = analyseStarts(readStarts(workspace)).toReversed();
      if (starts.length > 0 && options.start > starts.length) {
        throw new AppError('USAGE', `--start ${options.start}: ${starts.length} starts are known`);
      }
      const { id, name } = workspace;
      const result = {
        schemaVersion: 'timeline/v1',
        workspace: { id, name },
        starts: starts.map((start) => ({ ...start, at: new Date(start.at).toISOString() })),
      };
      writeResult(io, options.output, result, () => renderTimeline(name, starts, { chosen: options.start - 1, io }));
      done(exitCode.done);
    });
}

function parseStart(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('Write a number: 1 is the last start.');
  return Number(text);
}
