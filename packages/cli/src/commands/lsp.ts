import type { Profile } from '@devstead/devfile';
import { type Command, Option } from 'commander';
import { createDevfileFetcher } from '../fetch/devfile-fetcher.ts';
import type { Io } from '../io.ts';
import { renderError } from '../render-error.ts';
import { readSettings } from '../settings.ts';
import { version } from '../version.ts';

interface LspOptions {
  readonly profile: Profile;
  readonly fetch?: boolean;
}

/** `devstead lsp`: the language server for devfiles. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addOption(
      new Option('--profile <profile>', 'strict: judge as the reference library does')
        .choices(['compat', 'strict'])
        .default('compat'),
    )
    .option('--fetch', 'ask servers for parents; default: files and copies kept from before')
    .addOption(new Option('--stdio', 'what it always does; editors say so').hideHelp())
    .addHelpText(
      'after',
      '\nEditors start it and speak the Language Server Protocol with it on standard input and output. Opening a file asks no\n' +
        'server for anything, unless --fetch is given. docs/guides/editors.md says how editors are set up.\n' +
        '\nExamples:\n  devstead lsp\n  devstead lsp --profile strict --fetch\n',
    )
    .action(async (options: LspOptions) => {
      const { serveLanguage } = await import('../language-server/serve.ts');
      const fetcher = createDevfileFetcher(io, readSettings(io), { isOffline: options.fetch !== true });
      done(
        await serveLanguage({
          input: process.stdin,
          output: process.stdout,
          profile: options.profile,
          fetcher,
          version,
          signal: io.signal,
          reportFault: (error) => io.stderr.write(renderError(error, io)),
        }),
      );
    });
}
