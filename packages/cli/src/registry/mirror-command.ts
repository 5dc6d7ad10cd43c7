import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError, exitCode } from '@devstead/kit';
import type { Command } from 'commander';
import { readFetchAddress } from '../fetch/fetch-address.ts';
import { harmlessText } from '../harmless-text.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readSettings } from '../settings.ts';
import { showProgress } from './mirror-progress.ts';
import { makeRegistryWorld } from './registry-world.ts';

interface MirrorOptions {
  readonly stack: readonly string[];
  readonly defaultOnly?: boolean;
  readonly starters: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead registry mirror`: a copy of another registry, for where there is no network. */
export function defineMirror(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .argument('<registry>', 'the address of a registry')
    .argument('<folder>', 'a folder that does not exist yet, or a mirror that was made before')
    .description('Copy the stacks of a registry into a folder, with their starter projects.')
    .option(
      '--stack <name>',
      'only this one; may be repeated',
      (name: string, all: readonly string[]) => [...all, name],
      [],
    )
    .option('--default-only', 'only default versions')
    .option('--no-starters', 'leave starter projects where they are')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nThe folder has the official layout: `devstead registry serve FOLDER` serves it, without a network too. Exit code 3 when\n' +
        'something could not be brought.\n' +
        '\nExamples:\n  devstead registry mirror https://registry.example.com ./mirror\n' +
        '  devstead registry mirror https://registry.example.com ./mirror --stack go --stack nodejs --default-only\n',
    )
    .action(async (address: string, folder: string, options: MirrorOptions) => {
      done(await mirror(io, address, folder, options));
    });
}

async function mirror(io: Io, address: string, folder: string, options: MirrorOptions): Promise<number> {
  const { mirrorMark, mirrorRegistry } = await import('@devstead/registry');
  const target = resolve(io.cwd, folder);
  if (existsSync(target) && readdirSync(target).length > 0 && !existsSync(join(target, mirrorMark)))
    throw new AppError('USAGE', `${folder} is not empty, and no mirror`, {
      hint: 'Name a folder that does not exist yet.',
    });
  const host = URL.parse(address)?.host;
  readFetchAddress(address, { allowsPrivate: false, ...(host === undefined ? {} : { trustedHosts: [host] }) });
  const result = await mirrorRegistry({
    address,
    folder: target,
    world: makeRegistryWorld(io, readSettings(io), { registries: [address], tellsWaiting: true }),
    isDefaultOnly: options.defaultOnly === true,
    isWithoutStarters: !options.starters,
    signal: io.signal,
    ...(options.stack.length === 0 ? {} : { stacks: options.stack }),
    onProgress: (progress) => showProgress(io, progress),
  });
  for (const { what, reason } of result.missing)
    io.stderr.write(`  ${harmlessText(`left out: ${what}: ${reason}`, false)}\n`);
  writeResult(io, options.output, { schemaVersion: 'registry-mirror/v1', folder: target, ...result }, () => {
    const counts = `${result.stacks} stacks, ${result.versions} versions, ${result.starters} starter projects`;
    return `${target}: ${counts}\n`;
  });
  return result.missing.length === 0 ? exitCode.done : exitCode.incomplete;
}
