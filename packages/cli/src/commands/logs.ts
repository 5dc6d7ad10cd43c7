import { AppError, exitCode } from '@devstead/kit';
import { type LogLine, tryReadRecordedEnvironment, type Workspace } from '@devstead/runtime';
import { type Command, Option } from 'commander';
import { openNamedWorkspace } from '../attached-process.ts';
import type { Io } from '../io.ts';
import { followAll } from '../logs/follow-all.ts';
import { parseSince, parseTail } from '../logs/parse-since.ts';
import { makeLineRenderer, renderLineAsJson } from '../logs/render-line.ts';
import { nameOption, outputOption } from '../output-option.ts';

interface LogsOptions {
  readonly name?: string;
  readonly follow?: boolean;
  readonly since?: number;
  readonly until?: number;
  readonly tail?: number;
  readonly timestamps?: boolean;
  /** False with `--no-prefix`. */
  readonly prefix: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead logs`: what containers print, also before their last restart. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('[containers...]', 'containers to show; default: all')
    .option('-f, --follow', 'go on with every further line until Ctrl-C')
    .addOption(
      new Option('--since <time>', 'only lines since then: 10m, 2h, or a date').argParser((text) =>
        parseSince(text, io.clock.now()),
      ),
    )
    .addOption(
      new Option('--until <time>', 'only lines before then: 10m, 2h, or a date').argParser((text) =>
        parseSince(text, io.clock.now()),
      ),
    )
    .addOption(new Option('--tail <lines>', 'only so many of the last lines of each container').argParser(parseTail))
    .option('--timestamps', 'begin each line with its time')
    .option('--no-prefix', 'do not begin lines with the container’s name')
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nEach container keeps its colour; NO_COLOR=1 takes colours away. Following goes on through restarts of containers and of\n' +
        'the workspace, and ends when the workspace is removed. With --output json, one object a line.\n' +
        '\nExamples:\n  devstead logs\n  devstead logs -f python-dev\n  devstead logs postgresql --since 10m --timestamps\n',
    )
    .action(async (containers: readonly string[], options: LogsOptions) => {
      await showLogs(io, containers, options);
      done(exitCode.done);
    });
}

/** Timers that are longer ring at once (Node.js, setTimeout). */
const longestTimerMs = 2 ** 31 - 1;

async function showLogs(io: Io, wanted: readonly string[], options: LogsOptions): Promise<void> {
  const { workspace, runtime } = openNamedWorkspace(io, options.name);
  const made = Object.keys((await runtime.observe()).containers);
  const known = listKnown(workspace, made);
  const unknown = wanted.filter((name) => !known.includes(name) && !made.includes(name));
  if (unknown.length > 0) {
    throw new AppError('UNKNOWN_CONTAINER', `the workspace has no container ${unknown.join(', ')}`, {
      hint: known.length === 0 ? 'Run `devstead up`.' : `There are: ${known.join(', ')}.`,
    });
  }
  const listChosen = (): readonly string[] => (wanted.length === 0 ? listKnown(workspace, made) : [...new Set(wanted)]);
  const range = {
    ...(options.since === undefined ? {} : { sinceMs: options.since }),
    ...(options.until === undefined ? {} : { untilMs: options.until }),
    ...(options.tail === undefined ? {} : { tail: options.tail }),
  };
  const { hasColour } = io.stdout;
  const render =
    options.output === 'json'
      ? renderLineAsJson
      : makeLineRenderer({
          hasColour,
          hasTimes: options.timestamps === true,
          known,
          shown: listChosen(),
          isNamed: options.prefix,
        });
  const show = (line: LogLine): void => io.stdout.write(render(line));
  const openMs = (options.until ?? Number.POSITIVE_INFINITY) - io.clock.now();
  if (options.follow === true && openMs > 0) {
    const signal = openMs > longestTimerMs ? io.signal : AbortSignal.any([io.signal, AbortSignal.timeout(openMs)]);
    await followAll(workspace, runtime, { ...range, listContainers: listChosen }, show, signal);
    return;
  }
  // A container that was never started has no log yet.
  const containers = listChosen().filter((name) => made.includes(name));
  for (const line of await runtime.readLogs({ ...range, containers })) show(line);
}

/** The containers of the environment as it was last brought up, else those that were made. */
function listKnown(workspace: Workspace, made: readonly string[]): readonly string[] {
  const environment = tryReadRecordedEnvironment(workspace);
  return environment?.containers.map(({ name }) => name) ?? made;
}
