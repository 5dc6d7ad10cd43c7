import type { MadeContainer } from '../state/made-container.ts';
import type { ContainerContext } from './container-context.ts';
import { EngineRefusal } from './engine/engine-client.ts';
import { labels, workspaceFilter } from './labels.ts';

/** A container as the engine tells of it (Docker Engine API, ContainerInspect), as far as it is read. */
export interface EngineContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  /** Where the engine keeps what it printed, on its own machine. */
  readonly LogPath?: string;
  readonly State: {
    readonly Running: boolean;
    readonly Paused?: boolean;
    readonly Status: string;
    readonly ExitCode: number;
    readonly StartedAt: string;
    readonly FinishedAt: string;
    readonly Pid: number;
  };
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>> | null;
    readonly Entrypoint?: readonly string[] | null;
  };
  readonly HostConfig?: { readonly NetworkMode?: string };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> | null;
  };
}

/** Looks at a container; undefined when there is none. */
export async function inspectContainer(context: ContainerContext, name: string): Promise<EngineContainer | undefined> {
  const { client } = await context.engine();
  return ifThere(client.call<EngineContainer>('GET', `/containers/${name}/json`));
}

/** True of one that is in networks of its own. Podman names those of whose network it shares too. */
export function hasNetwork({ NetworkSettings, HostConfig }: EngineContainer): boolean {
  if (HostConfig?.NetworkMode?.startsWith('container:') === true) return false;
  return Object.keys(NetworkSettings.Networks ?? {}).length > 0;
}

/** True of one that was ever started. */
export function hasRun({ State }: EngineContainer): boolean {
  const isFresh = State.FinishedAt.startsWith('0001-') || State.Status === 'created' || State.Status === 'configured';
  return State.Running || !isFresh;
}

/** True of one whose start was prepared, and whose program has not begun: its first process is there and waits. */
export function isPrepared({ State }: EngineContainer): boolean {
  return !State.Running && State.Pid > 0;
}

/** When its program began: after the engine's start where it was held. Milliseconds since 1970. */
export function beganAt({ State }: EngineContainer, made: MadeContainer | undefined): number {
  return Math.max(Date.parse(State.StartedAt), made?.startedAt ?? 0);
}

/** Removes a container with its anonymous volumes; one that is gone is gone. */
export async function removeContainer(context: ContainerContext, name: string): Promise<void> {
  const { client } = await context.engine();
  await ifThere(client.call('DELETE', `/containers/${name}`, { query: { force: true, v: true } }));
}

/** All containers of the workspace, by their names in it; the hub's is empty. */
export async function listContainers(context: ContainerContext): Promise<ReadonlyMap<string, EngineContainer>> {
  const { client } = await context.engine();
  const query = { all: true, ...workspaceFilter(context) };
  const rows = await client.call<readonly { Id: string }[]>('GET', '/containers/json', { query });
  const found = await Promise.all(rows.map(({ Id }) => inspectContainer(context, Id)));
  return new Map(
    found.flatMap((one) => {
      const own = one?.Config.Labels ?? {};
      return one === undefined ? [] : [[own[labels.role] === 'hub' ? '' : (own[labels.name] ?? ''), one] as const];
    }),
  );
}

/** What was asked for, or undefined where the engine has none of that name. */
export async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 404) return undefined;
    throw error;
  }
}

/** True of a refusal because the name is taken: 409, which Podman tells as 500. */
export function isNameTaken(error: unknown): boolean {
  return error instanceof EngineRefusal && (error.status === 409 || error.message.includes('already in use'));
}

/** True of a refusal because it is so already (304), or because nothing of it runs. */
export function isDoneAlready(error: unknown): boolean {
  return error instanceof EngineRefusal && [304, 404, 409].includes(error.status);
}
