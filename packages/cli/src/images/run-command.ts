import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '@devstead/kit';
import type { Command } from 'commander';
import { collect } from '../collect.ts';
import type { Io } from '../io.ts';
import { readSettings } from '../settings.ts';

interface RunCommandOptions {
  readonly rm?: boolean;
  readonly name?: string;
  readonly publish?: readonly string[];
  readonly env?: readonly string[];
  readonly volume?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly entrypoint?: string;
  /** False with `--no-tty`. */
  readonly tty: boolean;
}

const service = 'run';

/** `devstead image run`: one command in a container of an image, in a sandbox of its own; its exit code is ours. */
export function defineRun(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .description('Run one command in a container of an image; the exit code is the command’s.')
    .argument('<image>', 'a reference, or the name of an image of the store')
    .argument('[words...]', 'the command; default: the image’s own')
    .option('--rm', 'remove the volumes of --volume too, which a container with a --name else leaves for the next')
    .option('--name <name>', 'what the container and its workspace are called')
    .option('-p, --publish <[ADDRESS:]PORT:PORT>', 'publish a port; may be given several times', collect)
    .option('-e, --env <NAME=VALUE>', 'a variable; NAME alone takes yours', collect)
    .option('-v, --volume <FOLDER|NAME:PATH[:ro]>', 'mount a folder of this machine, or a volume', collect)
    .option('-w, --workdir <path>', 'folder in the container')
    .option('-u, --user <user>', 'whom it runs as: NAME, UID, with :GROUP')
    .option('--entrypoint <program>', 'in place of the image’s entry point')
    .option('-T, --no-tty', 'no terminal; default: one where there is one')
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nThe container is removed when its command has ended. Ports are published on 127.0.0.1 unless an address is given.\n' +
        '\nExamples:\n  devstead image run --rm python:3.11-slim python3 -V\n  devstead image run --rm -p 8080:8000 app:latest\n' +
        '  devstead image run --rm -v .:/src -w /src node:20 npm test\n',
    )
    .action(async (image: string, words: readonly string[], options: RunCommandOptions) => {
      done(await runImage(io, image, words, options));
    });
}

async function runImage(io: Io, image: string, words: readonly string[], options: RunCommandOptions): Promise<number> {
  const name = options.name ?? `run-${randomBytes(4).toString('hex')}`;
  if (!/^[a-z0-9][a-z0-9_-]{0,40}$/.test(name))
    throw new AppError('USAGE', `${name} is no name: small letters, digits, - and _, up to 41`);
  const folder = join(readSettings(io).stateFolder, 'image-runs', name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'compose.yaml'), JSON.stringify(describeProject(io, name, image, options)), {
    mode: 0o600,
  });
  const [{ openProjectWith }, { runOneOff }, { takeDown }] = await Promise.all([
    import('../compose/one-off/open-profiles.ts'),
    import('../compose/one-off/run-one-off.ts'),
    import('../compose/verbs/changing/define-down.ts'),
  ]);
  const quiet: Io = { ...pickStreams(io), cwd: folder };
  const project = await openProjectWith(quiet, { file: [join(folder, 'compose.yaml')] }, service);
  try {
    return await runOneOff(quiet, project, {
      service,
      words,
      env: [],
      startsNeeds: false,
      publishesPorts: true,
      usesTerminal: options.tty,
      // What is mounted was named by the user.
      isAgreed: true,
      isQuiet: true,
      ...(options.user === undefined ? {} : { user: options.user }),
      ...(options.entrypoint === undefined ? {} : { entrypoint: options.entrypoint }),
      ...(options.workdir === undefined ? {} : { workdir: options.workdir }),
    });
  } finally {
    const keepsVolumes = options.name !== undefined && options.rm !== true;
    const silent: Io = {
      ...quiet,
      stderr: { ...quiet.stderr, write: () => undefined },
      signal: new AbortController().signal,
    };
    await takeDown(silent, project, { isKept: false, removesVolumes: !keepsVolumes });
    if (!keepsVolumes) rmSync(folder, { recursive: true, force: true });
  }
}

function pickStreams({ stdout, stderr, stdin, env, cwd, clock, signal }: Io): Io {
  return { stdout, stderr, stdin, env, cwd, clock, signal };
}

/** A compose project of one service, which nothing but a command asks for. A `$` of a value is no variable. */
function describeProject(io: Io, name: string, image: string, options: RunCommandOptions): object {
  const plain = (text: string): string => text.replaceAll('$', '$$$$');
  const volumes = (options.volume ?? []).map((text) => readVolume(text, io.cwd));
  const env = (options.env ?? []).flatMap((text): [string, string][] => {
    const equals = text.indexOf('=');
    const value = equals < 0 ? io.env[text] : text.slice(equals + 1);
    return value === undefined ? [] : [[equals < 0 ? text : text.slice(0, equals), plain(value)]];
  });
  const ports = (options.publish ?? []).map((text) => (text.split(':').length > 2 ? text : `127.0.0.1:${text}`));
  return {
    name,
    services: {
      [service]: {
        image: plain(image),
        profiles: ['asked-for'],
        environment: Object.fromEntries(env),
        ports: ports.map(plain),
        volumes: volumes.map(({ source, target, isReadOnly, isFolder }) => ({
          type: isFolder ? 'bind' : 'volume',
          source: plain(source),
          target: plain(target),
          read_only: isReadOnly,
        })),
      },
    },
    volumes: Object.fromEntries(volumes.filter(({ isFolder }) => !isFolder).map(({ source }) => [source, {}])),
  };
}

interface VolumeWord {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
  readonly isFolder: boolean;
}

/** `FOLDER:PATH[:ro]` or `NAME:PATH[:ro]`. Throws USAGE. */
function readVolume(text: string, cwd: string): VolumeWord {
  const [source = '', target = '', mode = 'rw', ...rest] = text.split(':');
  if (source === '' || !target.startsWith('/') || !['ro', 'rw'].includes(mode) || rest.length > 0)
    throw new AppError('USAGE', `--volume ${JSON.stringify(text)} is neither FOLDER:PATH nor NAME:PATH`, {
      hint: 'Write for example --volume .:/src:ro, or --volume data:/var/lib/data.',
    });
  const isFolder = /^[./~]/.test(source);
  return { source: isFolder ? resolve(cwd, source) : source, target, isReadOnly: mode === 'ro', isFolder };
}
