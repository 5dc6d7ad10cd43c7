import type { RuntimeSettings, Workspace } from '@devstead/runtime';

/** Ends a move of the workspace that was cut off, before something else is done with it. */
export async function settleEarlierMove(
  workspace: Workspace,
  settings: RuntimeSettings,
  onNote: (note: string) => void,
): Promise<Workspace> {
  // Hardly ever there is one: nobody else pays for what moves.
  if (workspace.record.move === undefined) return workspace;
  const { settleMove } = await import('@devstead/runtime/move');
  const settled = await settleMove(workspace, settings);
  if (settled.note !== undefined) onNote(settled.note);
  return settled.workspace;
}
