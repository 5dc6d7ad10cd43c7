import { exitCode } from '@devstead/kit';
import { probeSandbox } from '@devstead/runtime/probe';
import type { Command } from 'commander';
import type { Colour } from '../colour.ts';
import { checkEngine } from '../doctor/check-engine.ts';
import { checkDisk, checkInotify, checkRuntimeFolder, checkSystem, checkTun } from '../doctor/check-machine.ts';
import { checkPrograms } from '../doctor/check-programs.ts';
import { checkSandbox } from '../doctor/check-sandbox.ts';
import { checkImages, checkSettings } from '../doctor/check-settings.ts';
import type { Requirement } from '../doctor/requirement.ts';
import { readImages } from '../images/read-images.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readPipSettings } from '../pip-settings.ts';
import { renderTable } from '../render-table.ts';
import { makeSettings, readConfiguration, readFolders } from '../settings.ts';

interface DoctorOptions {
  readonly output: 'text' | 'json';
}

/** What `devstead doctor --output json` prints. */
interface DoctorResult {
  readonly schemaVersion: 'doctor/v1';
  readonly requirements: readonly Requirement[];
}

/** `devstead doctor`: what this machine has and lacks, and what mends it. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nWhat can be tried is tried: namespaces and mounts are made and removed again.\n' +
        'Exit code 0 when nothing is missing, 4 when something is.\n\nExamples:\n  devstead doctor\n  devstead doctor --output json\n',
    )
    .action(async ({ output }: DoctorOptions) => {
      const requirements = await examine(io);
      const result: DoctorResult = { schemaVersion: 'doctor/v1', requirements };
      writeResult(io, output, result, () => renderRequirements(requirements, io));
      done(requirements.some(({ state }) => state === 'missing') ? exitCode.machine : exitCode.done);
    });
}

async function examine(io: Io): Promise<Requirement[]> {
  const configuration = readConfiguration(io);
  const settings = makeSettings(io, configuration);
  const { user } = settings;
  const [probe, images] = await Promise.all([probeSandbox(settings, io.cwd), readImages(settings)]);
  const imageState = checkImages(images);
  return [
    ...checkSystem(),
    ...checkPrograms(user.uid, imageState.state === 'ok'),
    ...checkSandbox(probe, user),
    ...(await checkEngine(settings)),
    checkTun(user.uid),
    checkRuntimeFolder(io.env['XDG_RUNTIME_DIR'], user),
    checkDisk(settings.stateFolder),
    ...checkInotify(user.uid),
    ...checkSettings(settings, configuration, readPipSettings(io, readFolders(io).home)),
    imageState,
  ];
}

const stateColours: Readonly<Record<Requirement['state'], Colour>> = { ok: 'green', warn: 'yellow', missing: 'red' };

function renderRequirements(requirements: readonly Requirement[], io: Io): string {
  const { hasColour } = io.stdout;
  const table = renderTable(
    requirements.map(({ id, state, purpose, found }) => [
      { text: state, colour: stateColours[state] },
      id,
      found,
      purpose,
    ]),
    { hasColour, indent: '' },
  );
  const fixes = requirements.flatMap(({ id, fix }) => (fix === undefined ? [] : [[id, fix]]));
  return fixes.length === 0 ? table : `${table}to mend\n${renderTable(fixes, { hasColour })}`;
}
