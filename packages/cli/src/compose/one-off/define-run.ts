import { AppError } from '@devstead/kit';
import { type Command, Option } from 'commander';
import { collect } from '../../collect.ts';
import type { Io } from '../../io.ts';
import type { PullPolicy } from '../../up/pull-for-up.ts';
import type { ProjectOptions } from '../project-options.ts';
import { changeService } from './change-service.ts';
import { openProjectWith } from './open-profiles.ts';
import { readEnvFiles } from './read-env-files.ts';
import { runOneOff } from './run-one-off.ts';

interface RunOptions extends ProjectOptions {
  readonly env?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly name?: string;
  readonly entrypoint?: string;
  /** False with `--no-deps`. */
  readonly deps: boolean;
  /** False with `--no-tty`. */
  readonly tty?: boolean;
  readonly servicePorts?: boolean;
  readonly publish?: readonly string[];
  readonly volume?: readonly string[];
  readonly envFromFile?: readonly string[];
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  readonly label?: readonly string[];
  readonly useAliases?: boolean;
  readonly pull?: PullPolicy;
  readonly quiet?: boolean;
  readonly removeOrphans?: boolean;
  readonly build?: boolean;
  readonly detach?: boolean;
  readonly rm?: boolean;
  readonly yes?: boolean;
}

/** `devstead compose run`: one command in a container made as those of a service are; its exit code is ours. */
export function defineRun(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Run one command in a container of its own, made as those of a service are.')
    .argument('<service>')
    .argument('[words...]', 'the command; default: the service’s own')
    .option('-d, --detach', 'leave it running in the background, and print its name')
    .option('--rm', 'with --detach, remove the container some time after its end; else it is always removed')
    .option('-e, --env <NAME=VALUE>', 'a variable for the command; may be given several times', collect)
    .option('--env-from-file <file>', 'variables from a file, as in a .env; may be given several times', collect)
    .option('-w, --workdir <path>', 'folder in the container')
    .option('-u, --user <user>', 'whom it runs as: NAME, UID, with :GROUP')
    .option('--name <name>', 'name of the container; default: SERVICE-run- and a number')
    .option('--entrypoint <program>', 'in place of the image’s entry point')
    .option('--no-deps', 'do not start what the service depends on')
    .option('-P, --service-ports', 'publish the ports of the service while the command runs; default: none')
    .option('-p, --publish <port>', 'publish [[IP:]HOST:]CONTAINER while the command runs; several times', collect)
    .option('-v, --volume <mount>', 'mount [SOURCE:]TARGET[:ro] beside the service’s own; several times', collect)
    .option('--cap-add <name>', 'a capability, within what the policy allows; several times', collect)
    .option('--cap-drop <name>', 'take a capability away; several times', collect)
    .option('-l, --label <NAME=VALUE>', 'a label; several times', collect)
    .option('--use-aliases', 'other services find the container under the service’s names, too')
    .addOption(
      new Option('--pull <when>', 'when images are pulled; default: as pull_policy says').choices([
        'always',
        'missing',
        'never',
        'build',
        'policy',
      ]),
    )
    .option('--remove-orphans', 'remove containers of services that the project no longer has')
    .option('-q, --quiet', 'print nothing but what the command prints')
    .option('-t, --tty', 'a terminal where there is one, as without it')
    .option('-T, --no-tty', 'no terminal; default: one where there is one')
    .option('--quiet-build', 'taken and not needed')
    .option('-i, --interactive', 'taken and not needed: the input is passed on')
    .option('--build', 'build the service’s image also when it is there')
    .option('--quiet-pull', 'taken and not needed')
    .option('-y, --yes', 'agree to what the project asks for beyond its folder')
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nWhat the service depends on is started first and stays. The container has the service’s image, variables, mounts and\n' +
        'networks; other services do not find it by the service’s name.\n' +
        '\nExamples:\n  devstead compose run --rm backend pytest -q\n  devstead compose run db psql -h db -U postgres\n' +
        '  devstead compose run --no-deps -e DEBUG=1 backend sh\n' +
        '  devstead compose run --rm -v ./reports:/reports -p 8081:5000 backend\n',
    )
    .action(async (service: string, words: readonly string[], _options: unknown, called: Command) => {
      const options = called.optsWithGlobals<RunOptions>();
      const { workdir, user, entrypoint, name } = options;
      if (name !== undefined && !/^[a-z0-9][a-z0-9_.-]{0,62}$/.test(name))
        throw new AppError('USAGE', `${name} is no name of a container: small letters, digits, - _ . up to 63`);
      const { publish = [], volume = [], capAdd = [], capDrop = [], label = [] } = options;
      if (publish.length > 0 && options.servicePorts === true)
        throw new AppError('USAGE', '--publish and --service-ports cannot be combined');
      const publishes = publish.length > 0 || options.servicePorts === true;
      if (options.detach === true && publishes)
        throw new AppError('USAGE', '--detach publishes no ports', {
          hint: 'Start the service: `devstead compose up -d`.',
        });
      const opened = await openProjectWith(io, options, service);
      const change = { publish, volume, capAdd, capDrop, label };
      const environment = changeService(opened.loaded.environment, service, change, io.cwd);
      const project = { ...opened, loaded: { ...opened.loaded, environment } };
      const ownEnv = (options.env ?? []).map((word) => (word.includes('=') ? word : `${word}=${io.env[word] ?? ''}`));
      const code = await runOneOff(io, project, {
        service,
        words,
        env: [...readEnvFiles(io, options.envFromFile ?? []), ...ownEnv],
        startsNeeds: options.deps,
        publishesPorts: publishes,
        usesTerminal: options.tty !== false,
        keepsAliases: options.useAliases === true,
        removesOrphans: options.removeOrphans === true,
        isQuiet: options.quiet === true,
        ...(options.pull === undefined ? {} : { pulls: options.pull }),
        isAgreed: options.yes === true,
        builds: options.build === true,
        isDetached: options.detach === true,
        isPassing: options.rm === true,
        ...(workdir === undefined ? {} : { workdir }),
        ...(user === undefined ? {} : { user }),
        ...(entrypoint === undefined ? {} : { entrypoint }),
        ...(name === undefined ? {} : { name }),
      });
      done(code);
    });
}
