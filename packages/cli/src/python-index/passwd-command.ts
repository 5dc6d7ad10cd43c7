import { exitCode } from '@devstead/kit';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readPassword, readPipedPassword } from './read-password.ts';
import { addStoreOptions, explainRefusals, readStorePlace, type StoreOptions } from './store-options.ts';

interface PasswdOptions extends StoreOptions {
  readonly stdin?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead index passwd`: another password for a user, whether the server runs or not. */
export function definePasswd(command: Command, io: Io, done: (exitCode: number) => void): void {
  addStoreOptions(command)
    .description('Set the password of a user of the index; all logins of the user end.')
    .argument('[user]', 'the user', 'root')
    .option('--stdin', 'read the password from standard input')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nA server that runs takes the password over within a second. Tokens made with `index token` go on working.\n' +
        '\nExamples:\n  devstead index passwd root\n  pass show index/alice | devstead index passwd alice --stdin\n',
    )
    .action(async (user: string, options: PasswdOptions) => {
      const { setPassword, withStore } = await import('@devstead/pyindex/manage');
      await explainRefusals(async () => {
        await withStore(readStorePlace(io, options), async (store) => {
          const password = options.stdin === true ? await readPipedPassword() : await readPassword(io, user);
          await setPassword(store, user, password);
        });
      });
      writeResult(
        io,
        options.output,
        { schemaVersion: 'index-passwd/v1', user },
        () => `the password of ${user} is set\n`,
      );
      done(exitCode.done);
    });
}
