import type { Attributes } from '@devstead/devfile';
import type { Environment } from '../../types.ts';
import { findMainContainer } from '../devcontainer/main-container.ts';
import { Losses } from '../losses.ts';
import { listExtensions } from '../text/languages-table.ts';
import { toJson } from '../text/write-document.ts';
import type { Export, ExportedFile, ExportSource } from '../types.ts';
import { makeLaunch } from './make-launch.ts';
import { makeTasks } from './make-tasks.ts';

/**
 * The commands of an environment as `.vscode/tasks.json`, its debuggers as `launch.json` and the extensions for its languages as
 * `extensions.json`, for an editor that works inside the main container.
 */
export function exportVscode(source: ExportSource): Export {
  const losses = new Losses(source);
  const { environment, devfile } = source;
  const main = findMainContainer(source);
  const scope = { source, losses, main: main?.container.name, folder: main?.folder };
  const tasks = makeTasks(scope);
  const configurations = makeLaunch(scope);
  const recommendations = listExtensions(source);
  const files: ExportedFile[] = [
    { path: '.vscode/tasks.json', text: toJson({ version: '2.0.0', tasks }) },
    ...(configurations.length === 0
      ? []
      : [{ path: '.vscode/launch.json', text: toJson({ version: '0.2.0', configurations }) }]),
    ...(recommendations.length === 0 ? [] : [{ path: '.vscode/extensions.json', text: toJson({ recommendations }) }]),
  ];
  reportRest(environment, devfile?.attributes, losses);
  return { files, diagnostics: losses.diagnostics };
}

/** These files describe commands; what they run in is another format's. */
function reportRest(
  { containers, volumes, projects, starters, events }: Environment,
  attributes: Attributes | undefined,
  losses: Losses,
): void {
  const hint = { severity: 'info', hint: 'The containers themselves: devstead convert --to devcontainer.' } as const;
  for (const { name } of containers)
    losses.drop(`containers.${name}`, `Container ${name} has no place in tasks.`, hint);
  for (const { name } of volumes)
    losses.drop(`volumes.${name}`, `Volume ${name} has no place in tasks.`, { severity: 'info' });
  for (const { name } of projects)
    losses.drop(`projects.${name}`, `Project ${name} is not fetched.`, { severity: 'info' });
  for (const { name } of starters)
    losses.drop(`starters.${name}`, `Starter project ${name} has no place.`, { severity: 'info' });
  for (const event of ['preStart', 'preStop', 'postStop'] as const) {
    if (events[event].length > 0)
      losses.drop(`events.${event}`, `No task runs at ${event}: ${events[event].join(', ')}.`);
  }
  for (const name of Object.keys(attributes ?? {})) {
    losses.dropAt(['attributes', name], `Attribute ${name} has no place.`, { severity: 'info' });
  }
}
