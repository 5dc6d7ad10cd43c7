import { appendFileSync, writeFileSync } from 'node:fs';
import type { Environment } from '@devstead/environment';
import type { Clock } from '@devstead/kit';
import { type ExecuteOptions, executePlan, type PlanEvent } from '../execute/execute-plan.ts';
import type { UsedImage } from '../images/resolve-images.ts';
import { planDown, planStop } from '../plan/plan-down.ts';
import { planUp } from '../plan/plan-up.ts';
import { resolveContainers } from '../plan/resolve-container.ts';
import type { Plan, PublishedPort } from '../plan/types.ts';
import { describePortOwner } from '../process/port-owner.ts';
import { writeJsonFile } from '../sandbox/json-file.ts';
import type { RuntimeSettings } from '../settings.ts';
import { recordStart } from '../timeline/start-history.ts';
import type { Runtime } from '../types.ts';
import { choosePorts } from './choose-ports.ts';
import { machineEnvironment } from './machine-environment.ts';
import { tryReadRecordedEnvironment } from './recorded-environment.ts';
import { listWorkspaces, updateWorkspace, type Workspace } from './workspace-record.ts';

export interface UpOptions {
  readonly publishesInternal: boolean;
  readonly runsCommands: boolean;
  readonly readyTimeoutMs: number;
}

/** An `up`, thought through and not yet begun. */
export interface PreparedUp {
  readonly workspace: Workspace;
  readonly environment: Environment;
  readonly plan: Plan;
  readonly ports: readonly PublishedPort[];
  readonly usedImages: readonly UsedImage[];
}

/**
 * Thinks an `up` through: images, containers, ports, what there is, and from these the plan. Only the ports given to
 * endpoints are written down. Throws IMAGE_NOT_FOUND.
 */
export async function prepareUp(
  workspace: Workspace,
  environment: Environment,
  runtime: Runtime,
  settings: RuntimeSettings,
  options: UpOptions,
): Promise<PreparedUp> {
  const { resolveImages } = await import('../images/resolve-images.ts');
  const { images, used, staleImages } = await resolveImages(environment, settings);
  const observed = runtime.observe(environment.projects.map(({ clonePath }) => clonePath));
  const ports = await choosePorts(environment, {
    first: settings.firstPort,
    before: workspace.record.ports,
    taken: portsOfOthers(settings.stateFolder, workspace.id),
    held: new Set(Object.values(observed.publishedPorts)),
    includesInternal: options.publishesInternal,
  });
  const specs = resolveContainers({
    environment,
    images,
    projectFolder: environment.projects.length === 0 ? workspace.record.folder : workspace.paths.projects,
    ...machineEnvironment(settings),
  });
  const plan = planUp({
    environment,
    specs,
    observed,
    ports,
    staleImages,
    runsCommands: options.runsCommands,
    readyTimeoutMs: options.readyTimeoutMs,
  });
  const notes = [...plan.notes, ...explainMovedPorts(workspace, ports)];
  return { workspace, environment, plan: { ...plan, notes }, ports, usedImages: used };
}

/** Why an endpoint is no longer where it was. */
function explainMovedPorts(workspace: Workspace, ports: readonly PublishedPort[]): string[] {
  return ports.flatMap(({ endpoint, hostPort }) => {
    const before = workspace.record.ports[endpoint];
    if (before === undefined || before === hostPort) return [];
    const owner = describePortOwner(before) ?? 'another process or workspace';
    return [`port ${before} of ${endpoint} is in use by ${owner}; it is at ${hostPort} now`];
  });
}

function portsOfOthers(stateFolder: string, id: string): ReadonlySet<number> {
  const others = listWorkspaces(stateFolder).filter((workspace) => workspace.id !== id);
  return new Set(others.flatMap(({ record }) => Object.values(record.ports)));
}

/** Writes down what an `up` is about to make, so that later commands know it without the devfile. */
export function recordUp({ workspace, environment, ports }: PreparedUp): Workspace {
  const given = Object.fromEntries(ports.map(({ endpoint, hostPort }) => [endpoint, hostPort]));
  const recorded = updateWorkspace(workspace, { ports: { ...workspace.record.ports, ...given } });
  writeJsonFile(workspace.paths.environment, environment);
  return recorded;
}

export interface CarryOutOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onEvent: (event: PlanEvent) => void;
}

/**
 * Carries out a plan. The events of one that does not remove the workspace are also kept in its folder, where other
 * commands can follow them; how a start went is kept beside those before it.
 */
export async function carryOut(
  workspace: Workspace,
  runtime: Runtime,
  plan: Plan,
  options: CarryOutOptions,
): Promise<void> {
  const isKept = !plan.steps.some(({ kind }) => kind === 'workspace.remove');
  const { events } = workspace.paths;
  if (isKept) writeFileSync(events, '', { mode: 0o600 });
  const recordEvent = recordStart(workspace, plan);
  const execute: ExecuteOptions = {
    ...options,
    onEvent: (event) => {
      if (isKept) appendFileSync(events, `${JSON.stringify(event)}\n`);
      recordEvent?.(event);
      options.onEvent(event);
    },
  };
  await executePlan(plan, runtime.runStep, execute);
}

/** The plan that ends a workspace and keeps everything it holds. */
export function prepareStop(workspace: Workspace, runtime: Runtime, runsCommands: boolean): Plan {
  return planStop({
    name: workspace.name,
    environment: tryReadRecordedEnvironment(workspace),
    observed: runtime.observe(),
    runsCommands,
  });
}

/** The plan that removes a workspace. */
export function prepareDown(
  workspace: Workspace,
  runtime: Runtime,
  options: { readonly runsCommands: boolean; readonly removesVolumes: boolean },
): Plan {
  return planDown({
    name: workspace.name,
    environment: tryReadRecordedEnvironment(workspace),
    observed: runtime.observe(),
    ...options,
  });
}

/**
 * Undoes what an interrupted `up` made: a workspace that did not run before is stopped again, one that did not exist is
 * removed; images and named volumes are kept.
 */
export async function rollBack(
  workspace: Workspace,
  runtime: Runtime,
  before: { readonly existed: boolean; readonly wasRunning: boolean },
  clock: Clock,
): Promise<void> {
  if (before.wasRunning) return;
  const plan = before.existed
    ? prepareStop(workspace, runtime, false)
    : prepareDown(workspace, runtime, { runsCommands: false, removesVolumes: false });
  await executePlan(plan, runtime.runStep, { clock, signal: new AbortController().signal, onEvent: () => undefined });
}
