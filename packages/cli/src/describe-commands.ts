import { systemClock } from '@devstead/kit';
import { Command } from 'commander';
import { commands } from './command.ts';
import type { Io, Output } from './io.ts';

/** One command as its help tells of it. */
export interface CommandDescription {
  /** With the commands above it: `image build`. */
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  /** What `--help` prints, 100 columns wide. */
  readonly help: string;
}

/** Every command and the commands below it, in the order of the help. Nothing is run. */
export async function describeCommands(): Promise<CommandDescription[]> {
  const described: CommandDescription[] = [];
  for (const row of commands) {
    const { name, summary, group } = row;
    const command = new Command(`devstead ${name}`).description(
      `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    );
    const module = await row.load();
    await module.define(command, silentIo, () => undefined);
    described.push({ name, summary, group, help: captureHelp(command) });
    described.push(...describeInner(command, name, group));
  }
  return described;
}

function describeInner(command: Command, name: string, group: string): CommandDescription[] {
  return command.commands.flatMap((inner) => {
    const innerName = `${name} ${inner.name()}`;
    const own = { name: innerName, summary: inner.description(), group, help: captureHelp(inner) };
    return [own, ...describeInner(inner, innerName, group)];
  });
}

function captureHelp(command: Command): string {
  let help = '';
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return help.trim();
}

const silent: Output = { write: () => undefined, isTerminal: false, hasColour: false, columns: 100 };

/** Describing itself, a command touches nothing. */
const silentIo: Io = {
  stdout: silent,
  stderr: silent,
  stdin: { isTerminal: false },
  env: {},
  cwd: '/',
  clock: systemClock,
  signal: new AbortController().signal,
};
