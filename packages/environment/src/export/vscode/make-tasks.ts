import type { Command, ExecCommand } from '../../types.ts';
import type { Losses } from '../losses.ts';
import type { ExportSource } from '../types.ts';

export interface VscodeScope {
  readonly source: ExportSource;
  readonly losses: Losses;
  /** The container that the editor works in. */
  readonly main: string | undefined;
  /** Where it has the folder that is opened. */
  readonly folder: string | undefined;
}

/**
 * Tasks of VS Code, one a command, called by its id: those of the main container as shell commands, composites as tasks that
 * depend on others. What runs elsewhere is no task, and neither is what would need it.
 */
export function makeTasks(scope: VscodeScope): readonly object[] {
  const { commands, events } = scope.source.environment;
  const kept = findTasks(scope);
  for (const command of commands) if (!kept.has(command.id)) reportLost(command, scope);
  const chosen = new Set<string>();
  return commands
    .filter(({ id }) => kept.has(id))
    .map((command) => makeTask(command, scope, { isAtStart: events.postStart.includes(command.id), chosen }));
}

/** Commands of the main container, and composites of nothing else. */
function findTasks({ source, main }: VscodeScope): ReadonlySet<string> {
  const { commands } = source.environment;
  const kept = new Set(
    commands
      .filter((command) => command.type === 'composite' || (command.type === 'exec' && command.container === main))
      .map(({ id }) => id),
  );
  // A composite goes when one of its members does, and takes those that name it along.
  for (let before = -1; before !== kept.size; ) {
    before = kept.size;
    for (const command of commands) {
      if (command.type === 'composite' && command.commands.some((id) => !kept.has(id))) kept.delete(command.id);
    }
  }
  return kept;
}

function reportLost(command: Command, { losses, main }: VscodeScope): void {
  const { id } = command;
  const where = {
    exec: `runs in ${command.type === 'exec' ? command.container : ''}, not in ${main}`,
    apply: 'applies a component',
    composite: 'needs commands that are no tasks',
  };
  losses.drop(`commands.${id}`, `Command ${id} is no task: it ${where[command.type]}.`);
}

interface Binding {
  readonly isAtStart: boolean;
  /** Kinds that have a default task already. */
  readonly chosen: Set<string>;
}

function makeTask(command: Command, scope: VscodeScope, { isAtStart, chosen }: Binding): object {
  const { id, label, group } = command;
  const base = {
    label: id,
    ...(label === undefined ? {} : { detail: label }),
    ...makeGroup(command, scope, chosen),
    ...(isAtStart ? { runOptions: { runOn: 'folderOpen' } } : {}),
    problemMatcher: [],
  };
  if (command.type === 'composite') {
    const { commands, parallel } = command;
    return { ...base, dependsOn: commands, dependsOrder: parallel ? 'parallel' : 'sequence' };
  }
  if (command.type === 'apply') return base;
  if (command.hotReloadCapable) {
    scope.losses.drop(`commands.${id}.hotReloadCapable`, `Nobody knows that ${id} takes changes up by itself.`, {
      severity: 'info',
    });
  }
  reportOwnNames(command, scope.losses);
  const isServer = group?.kind === 'run' || group?.kind === 'debug';
  return {
    ...base,
    type: 'shell',
    command: command.commandLine.trimEnd(),
    options: makeOptions(command, scope),
    ...(isServer ? { presentation: { panel: 'dedicated' } } : {}),
  };
}

/** VS Code knows build and test; one default each. */
function makeGroup({ id, group }: Command, { losses }: VscodeScope, chosen: Set<string>): object {
  if (group === undefined) return {};
  const { kind, isDefault } = group;
  if (kind !== 'build' && kind !== 'test') {
    losses.change(`commands.${id}.group`, `Task ${id} is in no group: VS Code has build and test, not ${kind}.`, {
      severity: 'info',
    });
    return {};
  }
  if (!isDefault || chosen.has(kind)) return { group: kind };
  chosen.add(kind);
  return { group: { kind, isDefault: true } };
}

/** Commands of devfiles are lines of bash. */
function makeOptions({ workingDir, env }: ExecCommand, { folder }: VscodeScope): object {
  return {
    ...(workingDir === undefined ? {} : { cwd: placeInWorkspace(workingDir, folder) }),
    ...(env.length === 0 ? {} : { env: Object.fromEntries(env.map(({ name, value }) => [name, value])) }),
    shell: { executable: 'bash', args: ['-c'] },
  };
}

/** A folder of the container as the editor names it. */
function placeInWorkspace(path: string, folder: string | undefined): string {
  if (folder === undefined) return path;
  if (path === folder) return '${workspaceFolder}';
  return path.startsWith(`${folder}/`) ? `\${workspaceFolder}${path.slice(folder.length)}` : path;
}

/** Names that VS Code puts values in for, in the form that a shell has too. */
const ownNames =
  /\$\{(workspaceFolder\w*|workspaceRoot|file\w*|relativeFile\w*|cwd|userHome|lineNumber|columnNumber|selectedText|execPath|pathSeparator|\/|defaultBuildTask|(?:env|config|command|input):[^}]*)\}/;

function reportOwnNames({ id, commandLine }: ExecCommand, losses: Losses): void {
  const [written] = ownNames.exec(commandLine) ?? [];
  if (written === undefined) return;
  losses.change(`commands.${id}.commandLine`, `VS Code puts a value of its own in for ${written} in task ${id}.`);
}
