import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ContainerSpec, hasOwnNetwork } from '../../plan/container-spec.ts';
import { writeAsWhole } from '../../state/json-file.ts';
import { openAsker } from '../ask-until-good.ts';
import type { ContainerContext } from '../container-context.ts';
import type { Capabilities } from '../engine/capabilities.ts';
import { isDoneAlready } from '../engine-containers.ts';
import { containerName } from '../labels.ts';
import { waitForEnd } from '../wait-for-end.ts';
import { openGate, removeHeldMark } from './gate.ts';
import type { HeldContainer } from './held-starts.ts';
import { buildHoldProgram, holdProgram } from './hold-program.ts';

/** How long a container that runs may take to the gate. */
const wayMs = 5000;

/**
 * True of a container that begins with the program which lets it be started ahead: one that waits for others, and whose
 * start takes long because the engine gives it a network of its own.
 */
export function isToBeHeld(spec: ContainerSpec, { startsSlowly }: Pick<Capabilities, 'startsSlowly'>): boolean {
  const { startsAfter = [], networks } = spec;
  const waits = startsAfter.some(({ condition }) => condition !== 'started');
  return startsSlowly && waits && hasOwnNetwork(spec) && networks?.length !== 0;
}

/** Puts the program into a container's folder. False where it could not run: another processor, a folder without programs. */
export function writeHoldProgram(folder: string): boolean {
  const path = join(folder, holdProgram);
  const program = buildHoldProgram(arch());
  if (program === undefined) return false;
  mkdirSync(folder, { recursive: true });
  writeAsWhole(path, program, 0o755);
  // Whoever the container runs as, and whatever this process's umask.
  for (const one of [folder, path]) chmodSync(one, 0o755);
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a container that was made with the program, so far that all is there but what it is for. Nothing where that did not
 * succeed, for whatever reason: it is started as any other then, which tells why.
 */
export async function startHeld(
  context: ContainerContext,
  { name, health, networks = [] }: ContainerSpec,
): Promise<HeldContainer | undefined> {
  await context.hub.haveNetworks();
  const { client } = await context.engine();
  const folder = context.paths.container(name).hold;
  const gate = await openGate(folder);
  const over = new AbortController();
  const { signal } = over;
  try {
    const start = `/containers/${containerName(context, name)}/start`;
    await context.networkTurns.take(networks.length, () => client.call('POST', start));
    const ended = waitForEnd(context, name, signal).then(() => false);
    ended.catch(() => undefined);
    const late = delay(wayMs, false, { signal });
    late.catch(() => undefined);
    const isHeld = await Promise.race([gate.reached.then(() => true), ended, late]);
    if (!isHeld) throw new Error('nothing waits at the gate');
    const asker = health === undefined ? Promise.resolve(undefined) : openAsker(context, name, health.argv);
    return { gate, asker: asker.catch(() => undefined) };
  } catch {
    gate.close();
    removeHeldMark(folder);
    await endHeld(context, name);
    return undefined;
  } finally {
    over.abort();
  }
}

/** Ends a container that waits still: its program has not begun, so there is nothing to be asked to end. */
export async function endHeld(context: ContainerContext, name: string): Promise<void> {
  const { client } = await context.engine();
  await client
    .call('POST', `/containers/${containerName(context, name)}/stop`, { query: { t: 0 } })
    .catch((error: unknown) => {
      if (!isDoneAlready(error)) throw error;
    });
}
