import type { PathPattern } from './match-path.ts';

/** What a devfile gives names to that other places use. */
export type NameKind = 'component' | 'command' | 'variable' | 'starter project' | 'remote';

/** Where names are given. */
export const definitionPlaces: Readonly<Record<PathPattern, NameKind>> = {
  'components.*.name': 'component',
  // Of a devfile 1.0.0.
  'components.*.alias': 'component',
  'commands.*.id': 'command',
  'starterProjects.*.name': 'starter project',
};

/** Component kinds that a place takes; the first are the usual ones. */
export interface UsePlace {
  readonly kind: NameKind;
  readonly ofKinds?: readonly string[];
}

const preferred = (...ofKinds: readonly string[]): UsePlace => ({ kind: 'command', ofKinds });

/** Where names are used, and for what. Commands of every kind are proposed everywhere, those of the kind meant first. */
export const usePlaces: Readonly<Record<PathPattern, UsePlace>> = {
  'commands.*.actions.*.component': {
    kind: 'component',
    ofKinds: ['dockerimage', 'kubernetes', 'openshift', 'chePlugin', 'cheEditor'],
  },
  'commands.*.exec.component': { kind: 'component', ofKinds: ['container'] },
  'commands.*.apply.component': { kind: 'component', ofKinds: ['container', 'image', 'kubernetes', 'openshift'] },
  'components.*.container.volumeMounts.*.name': { kind: 'component', ofKinds: ['volume'] },
  'commands.*.composite.commands.*': preferred(),
  'events.preStart.*': preferred('apply'),
  'events.postStart.*': preferred('exec'),
  'events.preStop.*': preferred('exec'),
  'events.postStop.*': preferred('apply'),
};

/** The attribute of the devfile that names a starter project. */
export const starterAttribute = 'controller.devfile.io/use-starter-project';

/** Where a remote of the same Git source is used. */
export const remotePlaces: readonly PathPattern[] = [
  'projects.*.git.checkoutFrom.remote',
  'starterProjects.*.git.checkoutFrom.remote',
  'dependentProjects.*.git.checkoutFrom.remote',
  'components.*.image.dockerfile.git.checkoutFrom.remote',
];
