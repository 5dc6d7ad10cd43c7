import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { StepReport } from '../execute/execute-plan.ts';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { writeJsonFile } from '../state/json-file.ts';
import { type MadeContainer, readMadeContainer } from '../state/made-container.ts';
import { tolerate } from '../state/tolerate.ts';
import type { ContainerContext } from './container-context.ts';
import { type CreateInput, createContainer, explainRefusal } from './create-container.ts';
import { isDoneAlready } from './engine-containers.ts';
import { removeHeldMark } from './hold/gate.ts';
import { addName } from './hub/start-hub.ts';
import { containerName } from './labels.ts';
import { readContainersState } from './workspace-state.ts';

/** Starts a container, which is made first unless it was made ahead. Throws CONTAINER_FAILED, ENGINE_FAILED. */
export async function startContainer(
  context: ContainerContext,
  input: CreateInput,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const { spec, specHash } = input;
  const { imageDigest, layerSince } =
    context.created.get(specHash) ?? (await context.held.doNow(() => createContainer(context, input, report, signal)));
  context.created.delete(specHash);
  const at = context.paths.container(spec.name);
  rmSync(at.health, { force: true });
  const run = tolerate(() => readContainersState(context.paths))?.run;
  const made: MadeContainer = {
    spec,
    specHash,
    imageDigest,
    layerSince,
    startedAt: Date.now(),
    ...(run === undefined ? {} : { run }),
  };
  writeJsonFile(at.made, made, 0o640);
  await Promise.all([begin(context, spec), addName(context, spec)]);
  // Others that are started ahead come first; one for a single command is watched by nothing else.
  void context.held.idle().then(() => context.hub.begin());
  if (spec.oneOff !== undefined) await context.hub.need();
}

/** What an engine takes to notice that a program has ended. */
const endKnownMs = 30;

/** Has the program of a container begin that is there: it waits already, or is started. */
async function begin(context: ContainerContext, { name, health, checks, networks = [] }: ContainerSpec): Promise<void> {
  if (await context.held.letGo(name)) {
    // Of a program that fails at once the engine tells so soon after a start; it is looked at once where nothing is asked.
    if (health === undefined && checks.length === 0) await delay(endKnownMs);
    return;
  }
  await context.hub.haveNetworks();
  removeHeldMark(context.paths.container(name).hold);
  const { client } = await context.engine();
  const start = `/containers/${containerName(context, name)}/start`;
  await explainRefusal(
    name,
    context.held.doNow(() => context.networkTurns.take(networks.length, () => client.call('POST', start))),
  );
}

/** Asks a container's program to end by its signal, waits, and ends it by force when the grace is over. */
export async function stopContainer(context: ContainerContext, container: string, wantedMs?: number): Promise<void> {
  const { client } = await context.engine();
  const at = context.paths.container(container);
  const made = tolerate(() => readMadeContainer(at));
  const graceMs = wantedMs ?? made?.spec.stopGraceMs ?? 10_000;
  if (made !== undefined) writeJsonFile(at.made, { ...made, isEnding: true } satisfies MadeContainer, 0o640);
  await client
    .call('POST', `/containers/${containerName(context, container)}/stop`, {
      query: { t: Math.ceil(graceMs / 1000) },
      timeoutMs: graceMs + 30_000,
    })
    .catch((error: unknown) => {
      if (!isDoneAlready(error)) throw error;
    });
}

/** Sends a container's program a signal. One that ends it by force is no end of its own: it is not started again. */
export async function killContainer(context: ContainerContext, container: string, signal: string): Promise<void> {
  const { client } = await context.engine();
  const at = context.paths.container(container);
  const made = tolerate(() => readMadeContainer(at));
  const isLast = signal === 'SIGKILL' || signal === '9' || signal === 'KILL';
  if (isLast && made !== undefined) writeJsonFile(at.made, { ...made, isEnding: true } satisfies MadeContainer, 0o640);
  await client
    .call('POST', `/containers/${containerName(context, container)}/kill`, { query: { signal } })
    .catch((error: unknown) => {
      if (!isDoneAlready(error)) throw error;
    });
}
