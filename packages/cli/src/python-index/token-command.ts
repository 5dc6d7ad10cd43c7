import { exitCode } from '@devstead/kit';
import { type Command, Option } from 'commander';
import { harmlessText } from '../harmless-text.ts';
import { type Io, writeResult } from '../io.ts';
import { outputOption } from '../output-option.ts';
import { parseDuration } from '../parse-duration.ts';
import { renderTable } from '../render-table.ts';
import { addStoreOptions, explainRefusals, readStorePlace, type StoreOptions } from './store-options.ts';

interface CreateOptions extends StoreOptions {
  readonly label: string;
  readonly permission: string;
  readonly index: readonly string[];
  readonly project: readonly string[];
  readonly expires?: number;
  readonly output: 'text' | 'json';
}

type OutputOptions = StoreOptions & { readonly output: 'text' | 'json' };
type Done = (exitCode: number) => void;

/** `devstead index token`: tokens for programs, which may do less than their user. */
export function defineToken(command: Command, io: Io, done: Done): void {
  command
    .description('Make, list and take back tokens: they stand for a password and may do less.')
    .addHelpText(
      'after',
      '\nExamples:\n  devstead index token create ci --permission upload --project my-lib --expires 90d\n' +
        '  devstead index token list ci\n  devstead index token revoke ci 0123456789abcdef\n',
    );
  defineCreate(command.command('create'), io, done);
  defineList(command.command('list'), io, done);
  defineRevoke(command.command('revoke'), io, done);
}

function defineCreate(command: Command, io: Io, done: Done): void {
  addStoreOptions(command)
    .description('Make a token and print it; it is shown this once.')
    .argument('<user>', 'whose token it is')
    .option('--label <text>', 'what it is for', '')
    .addOption(
      new Option('--permission <what>', 'what it may do at most').choices(['read', 'upload', 'all']).default('read'),
    )
    .option('--index <user/index>', 'only on this index; may be repeated', collect, [])
    .option('--project <name>', 'uploads of this project alone; may be repeated', collect, [])
    .option('--expires <duration>', 'how long it holds, such as 12h or 90d; default: for good', parseDuration)
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  devstead index token create alice --permission read --index root/stable\n' +
        '  UV_PUBLISH_PASSWORD=$(devstead index token create ci --permission upload --project my-lib) uv publish …\n',
    )
    .action(async (user: string, options: CreateOptions) => {
      const { createToken, withStore } = await import('@devstead/pyindex/manage');
      const { label, permission, index, project, expires } = options;
      const order = {
        label,
        permission,
        ...(index.length === 0 ? {} : { indexes: index }),
        ...(project.length === 0 ? {} : { projects: project }),
        ...(expires === undefined ? {} : { lifetime: Math.ceil(expires / 1000) }),
      };
      const made = await explainRefusals(() =>
        withStore(readStorePlace(io, options), (store) => createToken(store, user, order)),
      );
      writeResult(
        io,
        options.output,
        { schemaVersion: 'index-token-create/v1', user, ...made },
        () => `${made.token}\n`,
      );
      done(exitCode.done);
    });
}

function defineList(command: Command, io: Io, done: Done): void {
  addStoreOptions(command)
    .description('List the tokens of a user, without their secrets.')
    .argument('<user>', 'whose tokens')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead index token list ci --output json\n')
    .action(async (user: string, options: OutputOptions) => {
      const { listTokens, withStore } = await import('@devstead/pyindex/manage');
      const found = await explainRefusals(() =>
        withStore(readStorePlace(io, options), (store) => listTokens(store, user)),
      );
      const tokens = found.map(({ id, label, scope, createdMs, expiresMs }) => ({
        id,
        label,
        ...scope,
        created: new Date(createdMs).toISOString(),
        ...(expiresMs === undefined ? {} : { expires: new Date(expiresMs).toISOString() }),
      }));
      writeResult(io, options.output, { schemaVersion: 'index-token-list/v1', user, tokens }, () =>
        renderTable(
          [
            ['ID', 'MAY', 'INDEXES', 'PROJECTS', 'EXPIRES', 'LABEL'],
            ...tokens.map((token) => [
              token.id,
              token.permission,
              token.indexes?.join(', ') ?? 'all',
              token.projects?.join(', ') ?? 'all',
              token.expires ?? 'never',
              harmlessText(token.label, false),
            ]),
          ],
          io.stdout,
        ),
      );
      done(exitCode.done);
    });
}

function defineRevoke(command: Command, io: Io, done: Done): void {
  addStoreOptions(command)
    .description('Take a token back: from the next second on it is worth nothing.')
    .argument('<user>', 'whose token')
    .argument('<id>', 'its id, as `index token list` shows it')
    .addOption(outputOption())
    .addHelpText('after', '\nExamples:\n  devstead index token revoke ci 0123456789abcdef\n')
    .action(async (user: string, id: string, options: OutputOptions) => {
      const { removeToken, withStore } = await import('@devstead/pyindex/manage');
      await explainRefusals(() => withStore(readStorePlace(io, options), (store) => removeToken(store, user, id)));
      writeResult(
        io,
        options.output,
        { schemaVersion: 'index-token-revoke/v1', user, id },
        () => `token ${id} is revoked\n`,
      );
      done(exitCode.done);
    });
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
