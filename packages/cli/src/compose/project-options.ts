import { readFileSync } from 'node:fs';
import type { ComposeRequest } from '@devstead/environment/compose';
import type { Command } from 'commander';
import { collect } from '../commands/exec.ts';
import type { Io } from '../io.ts';

/** docker compose's own flags, which stand before its verb. */
export interface ProjectOptions {
  readonly file?: readonly string[];
  readonly projectName?: string;
  readonly projectDirectory?: string;
  readonly profile?: readonly string[];
  readonly envFile?: readonly string[];
  readonly allResources?: boolean;
}

export function addProjectOptions(command: Command): Command {
  return command
    .option('-f, --file <path>', 'compose file, `-` for standard input; several are merged, later ones win', collect)
    .option('-p, --project-name <name>', 'name of the project')
    .option('--project-directory <folder>', 'folder that relative paths begin in; default: that of the first file')
    .option('--profile <name>', 'enable a profile; may be given several times, `*` for all', collect)
    .option('--env-file <path>', 'file of variables instead of `.env`; may be given several times', collect)
    .option('--all-resources', 'also networks, volumes, secrets and configs that no service uses');
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
    ...(file.includes('-') ? { standardInput: readFileSync(0, 'utf8') } : {}),
    keepsUnused: options.allResources === true,
  };
}
