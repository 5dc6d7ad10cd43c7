import type { Environment, ExecCommand } from '../../types.ts';
import { toShellLine } from '../text/shell-line.ts';

/** The commands of `postStart` and `preStop` that run in a container, as its hooks (Compose Specification, lifecycle hooks). */
export function makeHooks({ commands, events }: Environment, container: string): object {
  const find = (ids: readonly string[]): ExecCommand[] =>
    ids.flatMap((id) => {
      const command = commands.find((one) => one.id === id);
      return command?.type === 'exec' && command.container === container ? [command] : [];
    });
  const hooks = { post_start: find(events.postStart), pre_stop: find(events.preStop) };
  return Object.fromEntries(
    Object.entries(hooks).flatMap(([key, bound]) =>
      bound.length === 0 ? [] : [[key, bound.map((command) => ({ command: ['sh', '-c', toShellLine(command)] }))]],
    ),
  );
}
