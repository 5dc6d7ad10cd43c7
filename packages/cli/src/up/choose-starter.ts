import type { Environment, Project, Starter } from '@devstead/environment';
import { AppError, findNearNames } from '@devstead/kit';
import { findStarterPlace, shownArchiveAddress, type Workspace, withoutCredentials } from '@devstead/runtime';
import { harmlessText } from '../harmless-text.ts';

interface ChosenStarter {
  /** With the starter among its projects, where it has projects. */
  readonly environment: Environment;
  /** Present when its sources are still to be put into the devfile's folder. */
  readonly starter?: Starter;
  /** To be written down: the starter that the folder began with. */
  readonly begunWith?: string;
}

/**
 * The starter asked for, or chosen by the devfile itself. Where a devfile has projects it becomes one more of them; else
 * its sources go into the devfile's folder, which must have none yet. Throws UNKNOWN_STARTER, PROJECT_FAILED.
 */
export function chooseStarter(
  environment: Environment,
  workspace: Workspace,
  wanted: string | undefined,
): ChosenStarter {
  const { starters, projects } = environment;
  const starter =
    wanted === undefined ? starters.find(({ isChosen }) => isChosen) : starters.find(({ name }) => name === wanted);
  if (starter === undefined) {
    if (wanted === undefined) return { environment };
    throw unknownStarter(wanted, starters);
  }
  if (projects.length > 0) return { environment: { ...environment, projects: [...projects, asProject(starter)] } };
  const { folder, starter: before } = workspace.record;
  const begunWith = starter.name;
  if (findStarterPlace(folder) !== 'filled') return { environment, starter, begunWith };
  // What the devfile chooses is for a folder that is empty; what a user names must be possible.
  if (wanted === undefined || before === starter.name) return { environment };
  throw new AppError('PROJECT_FAILED', `the folder ${folder} has sources already`, {
    hint: 'To start it as it is, leave --starter out; a starter needs a folder with nothing but a devfile.',
  });
}

function asProject({ isChosen: _isChosen, description: _description, ...source }: Starter): Project {
  return { ...source, clonePath: source.name };
}

function unknownStarter(wanted: string, starters: readonly Starter[]): AppError {
  const names = starters.map(({ name }) => name);
  const [near] = findNearNames(wanted, names);
  const hint = near === undefined ? `Starter projects: ${names.join(', ') || 'none'}.` : `Did you mean ${near}?`;
  return new AppError('UNKNOWN_STARTER', `there is no starter project ${JSON.stringify(wanted)}`, { hint });
}

/** What `devstead up --starters --output json` prints. */
export interface StarterList {
  readonly schemaVersion: 'starters/v1';
  readonly starters: readonly {
    readonly name: string;
    readonly description?: string;
    /** Without credentials. */
    readonly address: string;
    readonly revision?: string;
    readonly subDir?: string;
    readonly isChosen: boolean;
  }[];
}

export function listStarters({ starters }: Environment): StarterList {
  return {
    schemaVersion: 'starters/v1',
    starters: starters.map(({ name, description, git, zip, subDir, isChosen }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      address:
        git === undefined
          ? shownArchiveAddress(zip?.location ?? '')
          : withoutCredentials(git.remotes[git.checkoutRemote] ?? ''),
      ...(git?.revision === undefined ? {} : { revision: git.revision }),
      ...(subDir === undefined ? {} : { subDir }),
      isChosen,
    })),
  };
}

export function renderStarters({ starters }: StarterList): string {
  if (starters.length === 0) return 'the devfile has no starter projects\n';
  return starters
    .map(({ name, description, address, subDir }) => {
      const from = `${address}${subDir === undefined ? '' : ` (folder ${subDir})`}`;
      return [name, description, from].filter((part) => part !== undefined).map((part) => harmlessText(part, false));
    })
    .map(([name = '', ...rest]) => `${name}\n${rest.map((line) => `  ${line}\n`).join('')}`)
    .join('');
}
