import { exitCode } from '@devstead/kit';
import { chooseRuntime, type RuntimeName, renderPlan, type Workspace } from '@devstead/runtime';
import { carryOutMove, type MovedVolume, prepareMove } from '@devstead/runtime/move';
import { type Command, Option } from 'commander';
import { formatBytes } from '../format-amount.ts';
import { type Io, writeResult } from '../io.ts';
import { settleEarlierMove } from '../move/settle-earlier-move.ts';
import { showMoveProgress } from '../move/show-move-progress.ts';
import { nameOption, outputOption } from '../output-option.ts';
import { selectWorkspaces, withWorkspaceLock } from '../select-workspaces.ts';
import { readSettings, type Settings } from '../settings.ts';
import { withoutSecrets } from '../up/without-secrets.ts';

interface MoveOptions {
  readonly to: RuntimeName;
  readonly name?: string;
  readonly commands: boolean;
  readonly replace?: boolean;
  readonly dryRun?: boolean;
  readonly output: 'text' | 'json';
}

/** What `devstead move --output json` prints. */
interface MoveResult {
  readonly schemaVersion: 'move/v1';
  readonly workspace: string;
  readonly from: RuntimeName;
  readonly to: RuntimeName;
  /** False when it was there already. */
  readonly isMoved: boolean;
  readonly volumes: readonly MovedVolume[];
}

/** `devstead move`: the workspace on another runtime, with its volumes. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(
      new Option('--to <runtime>', 'what it is to run on: the sandbox, or containers of Docker or Podman')
        .choices(['sandbox', 'container'])
        .makeOptionMandatory(),
    )
    .addOption(nameOption())
    .option('--dry-run', 'print the plan and change nothing')
    .option('--replace', 'although the other runtime has volumes of a workspace of this name, which are lost')
    .option('--no-commands', 'do not run the commands of preStop')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nThe workspace is stopped. Each volume is copied and the copy compared; only then is the workspace at the new place\n' +
        'and the old one cleared. Interrupted before that, it stays where it was; after, the next command clears the old\n' +
        'place. What containers changed outside volumes and sources is not moved. `devstead up` starts it there.\n' +
        '\nExamples:\n  devstead move --to container && devstead up\n  devstead move --to sandbox --dry-run\n' +
        '  devstead move --to container --name shop --output json\n',
    )
    .action(async (options: MoveOptions) => {
      await move(io, options);
      done(exitCode.done);
    });
}

async function move(io: Io, options: MoveOptions): Promise<void> {
  const settings = readSettings(io);
  const { name } = options;
  for (const workspace of selectWorkspaces(io, settings, name === undefined ? {} : { name })) {
    if (options.dryRun === true) return dryRun(io, workspace, settings, options);
    await withWorkspaceLock(io, workspace, 'move', async () => {
      const result = await moveLocked(io, workspace, settings, options);
      writeResult(io, options.output, result, () => render(result, workspace));
      if (result.isMoved) io.stderr.write('  next: devstead up\n');
    });
  }
}

async function dryRun(io: Io, workspace: Workspace, settings: Settings, options: MoveOptions): Promise<void> {
  const from = chooseRuntime(workspace, settings);
  if (from === options.to) {
    const title = `move ${workspace.name} to the ${options.to} runtime`;
    const nothing = { title, steps: [], notes: ['it is there already'] };
    return writeResult(io, options.output, { schemaVersion: 'plan/v1', ...nothing }, () => renderPlan(nothing));
  }
  const prepared = await prepareMove(workspace, settings, readMoveOptions(from, options));
  prepared.from.release();
  prepared.to.release();
  const { plan } = prepared;
  writeResult(io, options.output, { schemaVersion: 'plan/v1', ...withoutSecrets(plan) }, () => renderPlan(plan));
}

async function moveLocked(io: Io, found: Workspace, settings: Settings, options: MoveOptions): Promise<MoveResult> {
  const { to } = options;
  const printNote = (note: string): void => io.stderr.write(`  note ${note}\n`);
  const workspace = await settleEarlierMove(found, settings, printNote);
  const from = chooseRuntime(workspace, settings);
  if (from === to) return { schemaVersion: 'move/v1', workspace: found.id, from, to, isMoved: false, volumes: [] };
  const prepared = await prepareMove(workspace, settings, readMoveOptions(from, options));
  for (const note of prepared.plan.notes) printNote(note);
  const { volumes, note } = await carryOutMove(prepared, settings, {
    clock: io.clock,
    signal: io.signal,
    onEvent: showMoveProgress(io),
  });
  if (note !== undefined) printNote(note);
  return { schemaVersion: 'move/v1', workspace: found.id, from, to, isMoved: true, volumes };
}

function readMoveOptions(from: RuntimeName, { to, commands, replace }: MoveOptions): Parameters<typeof prepareMove>[2] {
  return { from, to, runsCommands: commands, replaces: replace === true };
}

function render({ isMoved, to, volumes }: MoveResult, { name }: Workspace): string {
  if (!isMoved) return `${name} is on the ${to} runtime already\n`;
  const lines = volumes.map(
    (volume) => `${volume.name} is moved  ${volume.entries} entries, ${formatBytes(volume.bytes)}\n`,
  );
  return `${lines.join('')}${name} is on the ${to} runtime now, and stopped\n`;
}
