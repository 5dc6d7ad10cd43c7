import { exitCode } from '@devstead/kit';
import type { Command } from 'commander';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { readPassword, readPipedPassword } from './read-password.ts';
import { addStoreOptions, explainRefusals, readStorePlace, type StoreOptions } from './store-options.ts';

interface InitOptions extends StoreOptions {
  readonly stdin?: boolean;
  readonly output: 'text' | 'json';
}

/** `devstead index init`: makes what a usual index has, where it is missing. */
export function defineInit(command: Command, io: Io, done: (exitCode: number) => void): void {
  addStoreOptions(command)
    .description('Make root, the mirror root/pypi and root/stable over it, where they are not there yet.')
    .option('--stdin', 'read the password of root from standard input')
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nThe password of root is DEVSTEAD_INDEX_ROOT_PASSWORD when that is set, else it is asked for. What is there already\n' +
        'stays as it is; the server may run meanwhile.\n' +
        '\nExamples:\n  devstead index init\n  DEVSTEAD_INDEX_ROOT_PASSWORD=… devstead index init --data /srv/index\n',
    )
    .action(async (options: InitOptions) => {
      const { initialiseStore, withStore } = await import('@devstead/pyindex/manage');
      const place = readStorePlace(io, options);
      const made = await explainRefusals(() =>
        withStore(place, (store) =>
          initialiseStore(store, () => (options.stdin === true ? readPipedPassword() : readPassword(io, 'root'))),
        ),
      );
      const result = { schemaVersion: 'index-init/v1', folder: place.folder, ...made };
      const news = [...(made.isRootNew ? ['user root'] : []), ...made.newIndexes];
      writeResult(io, options.output, result, () =>
        news.length === 0 ? 'everything was there already\n' : news.map((each) => `${each} is made\n`).join(''),
      );
      done(exitCode.done);
    });
}
