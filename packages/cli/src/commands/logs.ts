import { AppError, exitCode } from '@devstead/kit';
import { type LogLine, readRecordedEnvironment } from '@devstead/runtime';
import { type Command, Option } from 'commander';
import { openNamedWorkspace } from '../attached-process.ts';
import { type Colour, paint } from '../colour.ts';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';
import { followAll } from '../logs/follow-all.ts';
import { parseSince, parseTail } from '../logs/parse-since.ts';
import { nameOption, outputOption } from '../output-option.ts';

interface LogsOptions {
  readonly name?: string;
  readonly follow?: boolean;
  readonly since?: number;
  readonly tail?: number;
  readonly timestamps?: boolean;
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
    .addOption(new Option('--tail <lines>', 'only so many of the last lines of each container').argParser(parseTail))
    .option('--timestamps', 'begin each line with its time')
    .addOption(nameOption())
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nWith --output json, one object a line.\n\nExamples:\n  devstead logs\n  devstead logs -f python-dev\n  devstead logs postgresql --since 10m --timestamps\n',
    )
    .action(async (containers: readonly string[], options: LogsOptions) => {
      await showLogs(io, containers, options);
      done(exitCode.done);
    });
}

async function showLogs(io: Io, wanted: readonly string[], options: LogsOptions): Promise<void> {
  const { workspace, runtime } = openNamedWorkspace(io, options.name);
  const made = Object.keys(runtime.observe().containers);
  const known = readRecordedEnvironment(workspace)?.containers.map(({ name }) => name) ?? made;
  const unknown = wanted.filter((name) => !known.includes(name) && !made.includes(name));
  if (unknown.length > 0) {
    throw new AppError('UNKNOWN_CONTAINER', `the workspace has no container ${unknown.join(', ')}`, {
      hint: known.length === 0 ? 'Run `devstead up`.' : `There are: ${known.join(', ')}.`,
    });
  }
  const chosen = wanted.length === 0 ? known : [...new Set(wanted)];
  const query = {
    // A container that was never started has no log yet.
    containers: chosen.filter((name) => made.includes(name)),
    ...(options.since === undefined ? {} : { sinceMs: options.since }),
    ...(options.tail === undefined ? {} : { tail: options.tail }),
  };
  const render = options.output === 'json' ? renderJson : makeRenderer(io, chosen, known, options);
  const show = (line: LogLine): void => io.stdout.write(render(line));
  if (options.follow === true) await followAll(workspace, runtime, query, show, io.signal);
  else for (const line of runtime.readLogs(query)) show(line);
}

/** One line of `devstead logs --output json`. */
function renderJson({ container, at, stream, text }: LogLine): string {
  return `${JSON.stringify({ schemaVersion: 'log-line/v1', container, at, stream, text })}\n`;
}

const containerColours: readonly Colour[] = ['cyan', 'yellow', 'green', 'magenta', 'blue'];

/** Lines for people; a container keeps its colour whichever containers are shown. */
function makeRenderer(
  io: Io,
  shown: readonly string[],
  known: readonly string[],
  options: LogsOptions,
): (line: LogLine) => string {
  const { hasColour } = io.stdout;
  const width = Math.max(...shown.map((name) => name.length), 0);
  const prefixes = new Map(
    shown.map((name) => {
      const colour = containerColours[Math.max(0, known.indexOf(name)) % containerColours.length] ?? 'cyan';
      return [name, shown.length > 1 ? `${paint(colour, `${name.padEnd(width)} |`, hasColour)} ` : ''];
    }),
  );
  return ({ container, at, text }) => {
    const time = options.timestamps === true ? `${paint('grey', at, hasColour)} ` : '';
    return `${prefixes.get(container) ?? ''}${time}${harmlessText(text, hasColour)}\n`;
  };
}
