import type { ComposeRequest } from '@devstead/environment/compose';
import { AppError } from '@devstead/kit';
import type { Command } from 'commander';
import { collect } from '../collect.ts';
import type { Io } from '../io.ts';
import { readStandardInput } from './read-standard-input.ts';
import { refuseOptions } from './refuse-options.ts';

/** docker compose's own flags, which stand before its verb. */
export interface ProjectOptions {
  readonly file?: readonly string[];
  readonly projectName?: string;
  readonly projectDirectory?: string;
  readonly profile?: readonly string[];
  readonly envFile?: readonly string[];
  readonly allResources?: boolean;
}

/** Verbs that can say what they would do, and those that only look. */
const verbsWithDryRun = ['up', 'create', 'down', 'stop', 'watch'];
const verbsThatLook = ['config', 'ps', 'ls', 'images', 'volumes', 'port', 'version', 'logs', 'top', 'stats', 'events'];

export function addProjectOptions(command: Command): Command {
  return refuseOptions(command, {
    '--compatibility': 'Containers have the names that docker compose gives them without it',
  })
    .option('-f, --file <path>', 'compose file, `-` for standard input; several are merged, later ones win', collect)
    .option('-p, --project-name <name>', 'name of the project')
    .option('--project-directory <folder>', 'folder that relative paths begin in; default: that of the first file')
    .option('--profile <name>', 'enable a profile; may be given several times, `*` for all', collect)
    .option('--env-file <path>', 'file of variables instead of `.env`; may be given several times', collect)
    .option('--all-resources', 'also networks, volumes, secrets and configs that no service uses')
    .option('--dry-run', `say what would be done and change nothing: ${verbsWithDryRun.join(', ')}`)
    .option('--ansi <when>', 'taken and not needed: NO_COLOR=1 takes colours away')
    .option('--progress <type>', 'taken and not needed: progress fits where it is shown')
    .option('--parallel <number>', 'taken and not needed: what can start does')
    .hook('preAction', (_command, called) => requireDryRun(called));
}

/** Nothing is done by a verb that cannot say what it would do. Throws USAGE. */
function requireDryRun(called: Command): void {
  const { dryRun = false } = called.optsWithGlobals<{ readonly dryRun?: boolean }>();
  const verb = called.name();
  if (!dryRun || verbsWithDryRun.includes(verb) || verbsThatLook.includes(verb)) return;
  throw new AppError('USAGE', `\`devstead compose ${verb}\` has no dry run`, {
    hint: `There is one of ${verbsWithDryRun.join(', ')}.`,
  });
}

/** What is asked of the reader by docker compose's flags. */
export function toRequest(io: Io, options: ProjectOptions): ComposeRequest {
  const { file = [], projectName, projectDirectory, profile = [], envFile = [] } = options;
  const home = io.env['HOME'];
  return {
    cwd: io.cwd,
    files: file,
    ...(projectName === undefined ? {} : { projectName }),
    ...(projectDirectory === undefined ? {} : { projectDirectory }),
    profiles: profile,
    envFiles: envFile,
    environment: io.env,
    ...(home === undefined ? {} : { home }),
    ...(file.includes('-') ? { standardInput: readStandardInput() } : {}),
    keepsUnused: options.allResources === true,
  };
}

/** How the compose project of a file is asked for, or of a folder with its override. */
export function requestAt(io: Io, place: { readonly file: string } | { readonly folder: string }): ComposeRequest {
  return {
    ...toRequest(io, 'file' in place ? { file: [place.file] } : {}),
    ...('folder' in place ? { cwd: place.folder } : {}),
  };
}
