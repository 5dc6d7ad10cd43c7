import type { VolumeInfo } from '@devstead/runtime/volumes';
import { formatBytes } from '../format-amount.ts';
import type { Output } from '../io.ts';
import { type Cell, renderTable } from '../render-table.ts';

/** The volumes of one workspace. */
export interface WorkspaceVolumes {
  readonly id: string;
  readonly name: string;
  readonly volumes: readonly VolumeInfo[];
}

/** Volumes as a table, a row each. */
export function renderVolumes(
  workspaces: readonly WorkspaceVolumes[],
  { hasColour }: Pick<Output, 'hasColour'>,
): string {
  const rows = workspaces.flatMap(({ name: workspace, volumes }) =>
    volumes.map(({ name, sizeBytes, declaredBytes, isDeclared, isEphemeral, users }): Cell[] => [
      workspace,
      name,
      sizeBytes === undefined ? '-' : formatBytes(sizeBytes),
      declaredBytes === undefined ? '-' : formatBytes(declaredBytes),
      users.length === 0 ? '-' : users.map(({ container, path }) => `${container}:${path}`).join(' '),
      describe(
        isDeclared,
        isEphemeral,
        users.some(({ isRunning }) => isRunning),
      ),
    ]),
  );
  if (rows.length === 0) return 'there are no volumes\n';
  return renderTable([['WORKSPACE', 'VOLUME', 'SIZE', 'DECLARED', 'USED BY', 'STATE'], ...rows], {
    hasColour,
    indent: '',
  });
}

function describe(isDeclared: boolean, isEphemeral: boolean, isUsed: boolean): Cell {
  if (isUsed) return { text: 'in use', colour: 'green' };
  if (!isDeclared) return { text: 'not in the devfile any more', colour: 'yellow' };
  return isEphemeral ? 'ephemeral' : '';
}
