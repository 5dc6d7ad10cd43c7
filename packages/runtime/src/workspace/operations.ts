import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import type { Environment, Starter } from '@devstead/environment';
import { eventCommands } from '@devstead/environment/commands';
import { AppError, type Clock } from '@devstead/kit';
import { type ExecuteOptions, executePlan, type PlanEvent } from '../execute/execute-plan.ts';
import { resolveArtifacts } from '../images/resolve-artifacts.ts';
import type { UsedImage } from '../images/resolve-images.ts';
import { makeFolder } from '../make-folder.ts';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { planDown, planStop, withGrace } from '../plan/plan-down.ts';
import { planUp } from '../plan/plan-up.ts';
import { resolveContainers } from '../plan/resolve-container.ts';
import type { DockerfileStep, Plan, PublishedPort } from '../plan/types.ts';
import { describePortOwner } from '../process/port-owner.ts';
import { makeFolderBelow } from '../projects/place-folder.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { EnginePlace } from '../state/engine-place.ts';
import { readJsonFile, writeJsonFile } from '../state/json-file.ts';
import { tolerate } from '../state/tolerate.ts';
import { recordStart } from '../timeline/start-history.ts';
import type { Runtime, RuntimeName } from '../types.ts';
import { keepOnly, listStarted } from './choose-containers.ts';
import { choosePorts } from './choose-ports.ts';
import { findGateway, machineEnvironment, settingsFor } from './machine-environment.ts';
import { tryReadRecordedEnvironment } from './recorded-environment.ts';
import { listWorkspaces, updateWorkspace, type Workspace } from './workspace-record.ts';

export interface UpOptions {
  readonly publishesInternal: boolean;
  readonly runsCommands: boolean;
  readonly readyTimeoutMs: number;
  /** Only these containers and those they need; others are left as they are. Default: all. */
  readonly only?: readonly string[];
  /** Containers that are not described any more are left alone. */
  readonly keepsOrphans?: boolean;
  /** With `only`: what those named wait for is not started for them. */
  readonly withoutNeeds?: boolean;
  /** Containers that are made anew although nothing about them changed. */
  readonly recreates?: readonly string[];
  /** Containers that are there are left as they were made. */
  readonly keepsMade?: boolean;
  /** So long for a container to end by itself, in place of its own time. */
  readonly graceMs?: number;
  /** Submodules of projects are fetched too. */
  readonly withSubmodules?: boolean;
  /** The starter whose sources go into the workspace's folder. */
  readonly starter?: Starter;
  /** Volumes that begin as copies of another workspace's. */
  readonly copies?: { readonly volumes: readonly string[]; readonly source: Workspace };
  readonly signal?: AbortSignal;
}

/** An `up`, thought through and not yet begun. */
export interface PreparedUp {
  readonly workspace: Workspace;
  readonly environment: Environment;
  /** The containers it sees to. */
  readonly specs: readonly ContainerSpec[];
  readonly plan: Plan;
  readonly ports: readonly PublishedPort[];
  readonly usedImages: readonly UsedImage[];
  /** What it is to run on. */
  readonly runtime: RuntimeName;
  /** Where that is. */
  readonly engine?: EnginePlace;
  readonly wasRunning: boolean;
}

/**
 * Thinks an `up` through: images, containers, ports, what there is, and from these the plan. Only the ports given to
 * endpoints are written down. Registries are asked about images that are neither here nor have a recipe. Throws
 * IMAGE_NOT_FOUND, IMAGE_PULL_FAILED, IMAGE_REFUSED, REGISTRY_DENIED, and UNREADABLE_INPUT for a folder that stands for a
 * project no more.
 */
export async function prepareUp(
  workspace: Workspace,
  environment: Environment,
  runtime: Runtime,
  settings: RuntimeSettings,
  options: UpOptions,
): Promise<PreparedUp> {
  const observed = await runtime.observe(environment.projects.map(({ clonePath }) => clonePath));
  const engine = await runtime.findEngine();
  const started = listStarted(environment, observed, options.only, options.withoutNeeds);
  const {
    specs: described,
    used,
    staleImages,
    pulls,
    boundProjects,
    artifactImages,
    artifactBuilds,
  } = await resolveWorkspace(workspace, environment, settings, started, options.signal);
  const published = options.only === undefined ? environment : keepOnly(environment, started);
  const ports = await choosePorts(published, {
    first: settings.firstPort,
    before: workspace.record.ports,
    taken: portsOfOthers(settings.stateFolder, workspace.id),
    held: { ...observed.leftPorts, ...observed.publishedPorts },
    includesInternal: options.publishesInternal,
  });
  const { starter, copies, keepsMade = false, recreates = [], graceMs } = options;
  const specs = keepsMade ? described.map((spec) => observed.containers[spec.name]?.spec ?? spec) : described;
  const plan = planUp({
    environment,
    specs,
    observed,
    ports,
    staleImages,
    pulls,
    artifactImages,
    artifactBuilds,
    runsCommands: options.runsCommands,
    readyTimeoutMs: options.readyTimeoutMs,
    withSubmodules: options.withSubmodules === true,
    keepsOrphans: options.keepsOrphans === true,
    keepsMade,
    recreates,
    connectsIndex: settingsFor(settings, environment).index?.relay !== undefined,
    boundProjects: boundProjects.map(({ name }) => name),
    ...(starter === undefined ? {} : { starter: { starter, folder: workspace.record.folder } }),
    ...(copies === undefined
      ? {}
      : { copies: { volumes: copies.volumes, from: copies.source.paths.root, name: copies.source.name } }),
  });
  const notes = [
    ...(engine?.note === undefined ? [] : [engine.note]),
    ...plan.notes,
    ...explainMovedPorts(workspace, ports),
  ];
  const whole = { ...(graceMs === undefined ? plan : withGrace(plan, graceMs)), notes };
  return {
    workspace,
    environment,
    specs,
    plan: whole,
    ports,
    usedImages: used,
    runtime: runtime.name,
    wasRunning: observed.isSandboxRunning,
    ...(engine && { engine: engine.place }),
  };
}

interface ResolvedWorkspace {
  readonly specs: readonly ContainerSpec[];
  readonly used: readonly UsedImage[];
  readonly staleImages: readonly string[];
  readonly pulls: Readonly<Record<string, string>>;
  readonly artifactImages: Readonly<Record<string, string>>;
  readonly artifactBuilds: Readonly<Record<string, DockerfileStep>>;
  readonly boundProjects: readonly BoundProject[];
}

/** The containers of these names exactly as they are to run. Throws IMAGE_NOT_FOUND. */
export async function resolveWorkspace(
  workspace: Workspace,
  environment: Environment,
  settings: RuntimeSettings,
  names: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<ResolvedWorkspace> {
  const { resolveImages } = await import('../images/resolve-images.ts');
  const part = keepOnly(environment, names);
  const { images, used, staleImages, pulls } = await resolveImages(part, settings, signal);
  const artifacts = await resolveArtifacts(environment, settings, workspace.record.folder);
  const boundProjects = listBoundProjects(workspace, environment);
  const repository = workspace.record.branch?.repository;
  const specs = resolveContainers({
    environment: part,
    whole: environment,
    images,
    boundProjects,
    ...(repository === undefined ? {} : { repositoryFolder: repository }),
    projectFolder: environment.projects.length === 0 ? workspace.record.folder : workspace.paths.projects,
    ...machineEnvironment(settingsFor(settings, environment)),
    ...(environment.network === 'named' ? findGateway() : {}),
  });
  return {
    specs,
    used,
    pulls,
    staleImages: [...new Set([...staleImages, ...artifacts.staleImages])],
    artifactImages: artifacts.images,
    artifactBuilds: artifacts.builds,
    boundProjects,
  };
}

interface BoundProject {
  readonly name: string;
  readonly clonePath: string;
  readonly folder: string;
}

/** The projects that a folder of the machine stands for. */
function listBoundProjects({ record }: Workspace, { projects }: Environment): BoundProject[] {
  return projects.flatMap(({ name, clonePath }) => {
    const folder = record.bindings?.[name];
    if (folder === undefined) return [];
    if (!existsSync(folder)) {
      throw new AppError('UNREADABLE_INPUT', `the folder ${folder}, which stands for the project ${name}, is gone`, {
        hint: `Name another one (--bind ${name}=FOLDER), or have the project fetched (--bind ${name}=).`,
      });
    }
    return [{ name, clonePath, folder }];
  });
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

export function portsOfOthers(stateFolder: string, id: string): ReadonlySet<number> {
  const others = listWorkspaces(stateFolder).filter((workspace) => workspace.id !== id);
  return new Set(others.flatMap(({ record }) => Object.values(record.ports)));
}

/** Writes down what an `up` is about to make, so that later commands know it without the devfile. */
export function recordUp({ workspace, environment, specs, ports, runtime, engine }: PreparedUp): Workspace {
  const given = Object.fromEntries(ports.map(({ endpoint, hostPort }) => [endpoint, hostPort]));
  const recorded = updateWorkspace(workspace, {
    ports: { ...workspace.record.ports, ...given },
    runtime,
    ...(engine && { engine }),
  });
  writeJsonFile(workspace.paths.environment, environment);
  recordLastJobs(workspace, environment, specs);
  for (const { clonePath } of listBoundProjects(workspace, environment)) {
    makeFolder(workspace.paths.projects, 0o755);
    makeFolderBelow(workspace.paths.projects, clonePath);
  }
  return recorded;
}

/** Writes down what postStop applies: at the end there may be nothing left to find it out from. */
function recordLastJobs({ paths }: Workspace, environment: Environment, specs: readonly ContainerSpec[]): void {
  const applied = eventCommands(environment, 'postStop')
    .flatMap(({ commands }) => commands)
    .flatMap((command) => (command.type === 'apply' ? [command.component] : []));
  const jobs = specs.filter((spec) => spec.applied === 'finish' && applied.includes(spec.name));
  if (jobs.length === 0) rmSync(paths.lastJobs, { force: true });
  else writeJsonFile(paths.lastJobs, { jobs });
}

/** Containers that postStop applies, as the last start wrote them down. */
export function readLastJobs({ paths }: Workspace): readonly ContainerSpec[] {
  return tolerate(() => readJsonFile<{ readonly jobs: readonly ContainerSpec[] }>(paths.lastJobs))?.jobs ?? [];
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
  try {
    await executePlan(plan, runtime.runStep, execute);
  } finally {
    runtime.release();
  }
}

/**
 * Pulls the images that an `up` needs and that are not here. What they say of their users is known only then, so the
 * `up` must be thought through again. True when there were any.
 */
export async function pullImages(prepared: PreparedUp, runtime: Runtime, options: CarryOutOptions): Promise<boolean> {
  const { workspace, plan } = prepared;
  const steps = plan.steps
    .filter(({ kind }) => kind === 'image.pull')
    .map((step): Plan['steps'][number] => ({ ...step, after: [] }));
  if (steps.length === 0) return false;
  const { events } = workspace.paths;
  writeFileSync(events, '', { mode: 0o600 });
  await executePlan({ title: plan.title, steps, notes: [] }, runtime.runStep, {
    ...options,
    onEvent: (event) => {
      // For others who follow, this is the beginning of the `up` and not one by itself.
      if (!event.type.startsWith('plan.')) appendFileSync(events, `${JSON.stringify(event)}\n`);
      options.onEvent(event);
    },
  });
  return true;
}

/** The plan that ends a workspace and keeps everything it holds. */
export async function prepareStop(workspace: Workspace, runtime: Runtime, runsCommands: boolean): Promise<Plan> {
  return planStop({
    name: workspace.name,
    environment: tryReadRecordedEnvironment(workspace),
    observed: await runtime.observe(),
    runsCommands,
    lastJobs: readLastJobs(workspace),
  });
}

/** The plan that removes a workspace. */
export async function prepareDown(
  workspace: Workspace,
  runtime: Runtime,
  options: { readonly runsCommands: boolean; readonly removesVolumes: boolean; readonly isForced?: boolean },
): Promise<Plan> {
  const { branch } = workspace.record;
  const isForced = options.isForced === true;
  return planDown({
    name: workspace.name,
    environment: tryReadRecordedEnvironment(workspace),
    observed: await runtime.observe(),
    runsCommands: options.runsCommands,
    lastJobs: readLastJobs(workspace),
    // A branch's volumes are copies, or were begun for it.
    removesVolumes: options.removesVolumes || branch !== undefined,
    ...(branch?.isWorktreeOurs === true
      ? { worktree: { worktree: branch.worktree, repository: branch.repository, isForced } }
      : {}),
  });
}

/**
 * Undoes what an interrupted `up` made: a workspace that did not run before is stopped again, one that did not exist is
 * removed; images and named volumes are kept, and so is a branch's work tree with work in it.
 */
export async function rollBack(
  workspace: Workspace,
  runtime: Runtime,
  before: { readonly existed: boolean; readonly wasRunning: boolean; readonly hasUnsavedWork?: boolean },
  clock: Clock,
): Promise<void> {
  if (before.wasRunning) return;
  const plan =
    before.existed || before.hasUnsavedWork === true
      ? await prepareStop(workspace, runtime, false)
      : await prepareDown(workspace, runtime, { runsCommands: false, removesVolumes: false });
  const { signal } = new AbortController();
  try {
    await executePlan(plan, runtime.runStep, { clock, signal, onEvent: () => undefined });
  } finally {
    runtime.release();
  }
}
