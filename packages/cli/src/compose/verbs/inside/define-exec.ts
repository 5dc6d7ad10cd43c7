import { AppError, exitCode } from '@devstead/kit';
import type { Command } from 'commander';
import { runAttached } from '../../../attached-process.ts';
import { collect } from '../../../collect.ts';
import { processOptions } from '../../../commands/exec.ts';
import type { Io } from '../../../io.ts';
import { listServiceContainers, openProject } from '../../open-project.ts';
import type { ProjectOptions } from '../../project-options.ts';
import { refuseOptions } from '../../refuse-options.ts';

interface ExecOptions extends ProjectOptions {
  readonly detach?: boolean;
  readonly env?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly index?: string;
  readonly tty?: boolean;
}

/** Starts the program without streams, apart from the one who asked, and ends. */
const detachScript = 'exec setsid "$@" </dev/null >/dev/null 2>&1 &';

/** `devstead compose exec`: the command's exit code is ours. */
export function defineExec(command: Command, io: Io, done: (exitCode: number) => void): void {
  refuseOptions(command, { '--privileged': 'No program here has more rights than its container' })
    .description('Run a program in a container that runs.')
    .argument('<service>')
    .argument('<words...>', 'the program and its arguments')
    .option('-d, --detach', 'leave it running in the background, without its output')
    .option('-e, --env <NAME=VALUE>', 'a variable for the program; may be given several times', collect)
    .option('-w, --workdir <path>', 'folder in the container')
    .option('-u, --user <user>', 'whom it runs as: NAME, UID, with :GROUP')
    .option('--index <number>', 'which container of the service; default: the first')
    .option('-t, --tty', 'a terminal where there is one, as without it')
    .option('-T, --no-tty', 'no terminal; default: one where there is one')
    .option('-i, --interactive', 'taken and not needed: the input is passed on')
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nExamples:\n  devstead compose exec db psql -U postgres\n  devstead compose exec -u root backend sh\n' +
        '  devstead compose exec -T db pg_dump -U postgres > dump.sql\n',
    )
    .action(async (service: string, words: readonly string[], _options: unknown, called: Command) => {
      const options = called.optsWithGlobals<ExecOptions>();
      const { env = [], workdir, user, index = '1', detach } = options;
      const { runtime, environment } = await openProject(io, options);
      const container = listServiceContainers(environment, [service])[Number(index) - 1];
      if (container === undefined) throw new AppError('UNKNOWN_CONTAINER', `${service} has no container ${index}`);
      if ((await runtime.observe()).containers[container]?.state !== 'running')
        throw new AppError('WORKSPACE_NOT_RUNNING', `service "${service}" is not running`);
      const variables = env.map((word) => (word.includes('=') ? word : `${word}=${io.env[word] ?? ''}`));
      const program = processOptions({ env: variables, ...(workdir === undefined ? {} : { workdir }) });
      const argv = detach === true ? ['sh', '-c', detachScript, 'sh', ...words] : words;
      const code = await runAttached(io, runtime, {
        container,
        argv,
        output: 'text',
        usesTerminal: options.tty !== false && detach !== true,
        ...(user === undefined ? {} : { user }),
        ...program,
      });
      done(detach === true && code === 0 ? exitCode.done : code);
    });
}
