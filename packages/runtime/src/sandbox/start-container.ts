import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { isDiskFull } from '../is-disk-full.ts';
import type { ContainerSpec, Mount } from '../plan/container-spec.ts';
import { readProcessLimits } from '../process/process-limits.ts';
import { identify, isAlive, type ProcessId, signalProcess } from '../process/process-table.ts';
import { runProcess } from '../process/run-process.ts';
import { waitForEnd } from '../process/wait-for-end.ts';
import { findInitPrograms } from '../running/init-programs.ts';
import type { RuntimeSettings } from '../settings.ts';
import { readJsonFile, writeAsWhole, writeJsonFile } from '../state/json-file.ts';
import { groupReadable, type MadeContainer } from '../state/made-container.ts';
import { type ContainerPaths, fileCopy } from '../state/paths.ts';
import { crunArgs, monitorRuntimeArgs } from './crun.ts';
import { type Holder } from './holder.ts';
import { resumeProcesses } from './inside-processes.ts';
import { LauncherError, type LauncherRequest } from './launcher.ts';
import { ociConfig } from './oci-config.ts';
import { removeInnerFolder } from './remove-inner.ts';
import {
  type CreatedContainer,
  giveToInnerRoot,
  isOwn,
  makeInnerFolder,
  outsideUser,
  type SandboxContext,
} from './sandbox-context.ts';
import { stagePaths } from './stage-paths.ts';

export interface ContainerStart {
  readonly spec: ContainerSpec;
  readonly specHash: string;
  readonly image: { readonly digest: string; readonly layers: readonly string[] };
  /** The container's own changes to its files are thrown away. */
  readonly isNewLayer: boolean;
}

/**
 * Starts a container: one that was made ahead is only set running. Else its files are laid out, then in one go inside the
 * holder's namespaces its root is mounted, new volumes are filled from the image, its process is made by conmon and crun,
 * and set running. All of it happens in the container's control group. Throws CONTAINER_FAILED.
 */
export async function startContainer(
  context: SandboxContext,
  holder: Holder,
  start: ContainerStart,
): Promise<ProcessId> {
  const { spec, specHash, image } = start;
  const ahead = findCreated(context, start);
  context.own.created.delete(spec.name);
  const { init, layerSince } = ahead ?? (await makeContainer(context, holder, start, 'container'));
  const paths = context.paths.container(spec.name);
  if (ahead !== undefined) await setRunning(context, holder, spec.name);
  const made: MadeContainer = { spec, specHash, imageDigest: image.digest, init, startedAt: Date.now(), layerSince };
  writeJsonFile(paths.made, made, groupReadable);
  return init;
}

/** A container that was made ahead, if it is still there and made of the same: a plan that failed may have left it. */
export function findCreated({ own }: SandboxContext, start: ContainerStart): CreatedContainer | undefined {
  const found = own.created.get(start.spec.name);
  const isSame =
    found?.specHash === start.specHash &&
    found.imageDigest === start.image.digest &&
    found.isNewLayer === start.isNewLayer;
  return isSame && isAlive(found.init) ? found : undefined;
}

/**
 * Makes a container that this process will start later. Nothing on disk says that it is there: should that not happen,
 * the next start clears it away, and a stop ends it with all other processes of the workspace. Throws CONTAINER_FAILED.
 */
export async function createContainer(context: SandboxContext, holder: Holder, start: ContainerStart): Promise<void> {
  const container = await makeContainer(context, holder, start, 'create-container');
  context.own.created.set(start.spec.name, container);
}

async function makeContainer(
  context: SandboxContext,
  holder: Holder,
  start: ContainerStart,
  order: 'container' | 'create-container',
): Promise<CreatedContainer> {
  const { spec } = start;
  const paths = context.paths.container(spec.name);
  if (!isOwn(context, holder)) await waitForCutOffStart(paths);
  if (start.isNewLayer) await removeInnerFolder(paths.layer, context.idMap);
  const now = Date.now();
  const layerSince = start.isNewLayer ? now : (readLayerSince(paths) ?? now);
  prepareFiles(context, paths, start);
  const groups = context.cgroups?.create(context.id, spec.name, limitsOf(spec)) ?? [];
  const init = await launch(context, holder, start, groups, order);
  return { init, layerSince, specHash: start.specHash, imageDigest: start.image.digest, isNewLayer: start.isNewLayer };
}

function readLayerSince(paths: ContainerPaths): number | undefined {
  try {
    return readJsonFile<MadeContainer>(paths.made)?.layerSince;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function limitsOf({ resources, processLimit }: ContainerSpec): ContainerSpec['resources'] & { processLimit?: number } {
  return processLimit === undefined ? resources : { ...resources, processLimit };
}

/** Waits for a start whose caller was killed: it must be over before a file of the container is touched. */
async function waitForCutOffStart(paths: ContainerPaths): Promise<void> {
  if (isLocked(paths.startLock)) await runProcess(['flock', '--shared', paths.startLock, 'true']);
}

/** True while a process holds a flock(2) on a file (proc(5), /proc/locks). */
function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  const inode = statSync(path).ino;
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .some((line) => line.includes('FLOCK') && line.includes(`:${inode} `));
}

function failure(container: string, said: string): AppError {
  const lines = said
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(readReport);
  return new AppError('CONTAINER_FAILED', `${container} cannot be started: ${lines.at(-1) ?? 'no reason was given'}`, {
    details: lines.slice(0, -1).slice(-10),
  });
}

/** A line of what was said; conmon reports a failure as `{"data": -1, "message": …}`. */
function readReport(line: string): string {
  try {
    return (JSON.parse(line) as { readonly message?: string }).message?.trim() ?? line;
  } catch {
    return line;
  }
}

function prepareFiles(context: SandboxContext, paths: ContainerPaths, { spec }: ContainerStart): void {
  const { idMap } = context;
  mkdirSync(paths.root, { recursive: true, mode: 0o755 });
  const isNew = !existsSync(paths.upper);
  for (const folder of [paths.bundle, paths.layer, paths.upper, paths.work, paths.run]) makeInnerFolder(folder, idMap);
  // The mode of a layer's top folder becomes that of the container's root, whatever mask this process has.
  if (isNew) chmodSync(paths.upper, 0o755);
  for (const file of [paths.pidFile, paths.exitFile, paths.health]) rmSync(file, { force: true });
  for (const folder of [paths.run, paths.bundle]) {
    for (const name of readdirSync(folder).filter(isLeftOver)) rmSync(join(folder, name));
  }
  closeSync(openSync(paths.log, 'a', 0o600));
  giveToInnerRoot(paths.log, idMap);
  for (const [index, item] of spec.mounts.entries()) {
    if (item.type === 'volume') makeInnerFolder(context.paths.volume(item.volume), idMap);
    if (item.type === 'file') copyFile(context, join(paths.root, fileCopy(index)), item);
  }
  const limit = context.cgroups === undefined ? spec.resources.memoryLimitBytes : undefined;
  const config = ociConfig({
    spec,
    hostname: context.hostname,
    init: findInitPrograms(),
    limits: readProcessLimits(),
    ...(limit === undefined ? {} : { processMemoryBytes: limit }),
  });
  writeAsWhole(paths.config, JSON.stringify(config), 0o644);
}

/** Writes what a container sees as a file of its own. */
function copyFile({ idMap, settings }: SandboxContext, path: string, item: Extract<Mount, { type: 'file' }>): void {
  const content = readContent(item, settings.variables);
  // Who starts it again need not have the variable: what it was stays.
  if (content === undefined && existsSync(path)) return;
  rmSync(path, { force: true });
  writeFileSync(path, content ?? '', { mode: 0o600 });
  // The owner is given first: from then on nobody but that user's sandbox reads it.
  if (item.owner === undefined || idMap.mode !== 'root') giveToInnerRoot(path, idMap);
  else {
    const { uid, gid } = outsideUser(idMap, item.owner);
    chownSync(path, uid, gid);
  }
  chmodSync(path, item.mode ?? 0o644);
}

function readContent(
  item: Extract<Mount, { type: 'file' }>,
  variables: RuntimeSettings['variables'],
): string | Buffer | undefined {
  if ('text' in item) return item.text;
  return 'variable' in item ? variables?.[item.variable] : readFileSync(item.source);
}

/** Files of commands whose caller was killed, and of a monitor that was ended while it wrote a file as a whole. */
function isLeftOver(name: string): boolean {
  return name.startsWith('exec-') || /\.[A-Za-z0-9]{6}$/.test(name);
}

/** How conmon(8) makes a container: it reports on a pipe whose descriptor the launcher gives it. */
function monitorCommand(name: string, folder: string): string[] {
  const options = {
    '--api-version': '1',
    '--cid': name,
    '--cuuid': name,
    '--name': name,
    '--bundle': `${folder}/bundle`,
    '--container-pidfile': `${folder}/run/pid`,
    '--socket-dir-path': `${folder}/run`,
    '--exit-dir': `${folder}/bundle`,
    '--persist-dir': `${folder}/run`,
    '--log-path': `k8s-file:${folder}/output.log`,
  };
  return ['conmon', ...monitorRuntimeArgs(), ...Object.entries(options).flat()];
}

/** Has the launcher make, or start, the container inside its control group and returns the container's first process. */
async function launch(
  context: SandboxContext,
  holder: Holder,
  { spec, image }: ContainerStart,
  groups: readonly string[],
  order: 'container' | 'create-container',
): Promise<ProcessId> {
  const { name, user } = spec;
  const lower = image.layers.map((digest) => `${stagePaths.layers}/${digest.replace('sha256:', '')}`).reverse();
  const folder = innerFolder(name);
  const volumes = spec.mounts.flatMap((item) =>
    item.type === 'volume' ? [`${stagePaths.workspace}/volumes/${item.volume}`, item.path] : [],
  );
  const parts = spec.mounts.flatMap((item, index) =>
    item.type === 'volume' && item.subPath !== undefined
      ? [`${stagePaths.workspace}/volumes/${item.volume}`, item.subPath, stagePaths.part(name, index)]
      : [],
  );
  const place = [name, stagePaths.root(name), lower.join(':'), folder, String(user.uid), String(user.gid)];
  const lists = [volumes, parts, monitorCommand(name, folder)].flatMap((list) => [String(list.length), ...list]);
  const words = [...place, ...lists, ...crunArgs];
  const answer = await ask(context, name, { order, inside: { holder, as: 'innerRoot' }, groups, words });
  // It may have ended by now; then its exit code says so to whoever waits for it.
  return identify(Number(answer)) ?? { pid: Number(answer), start: 0 };
}

/** A container's folder as the holder's mounts have it. */
function innerFolder(container: string): string {
  return `${stagePaths.workspace}/containers/${container}`;
}

async function setRunning(context: SandboxContext, holder: Holder, name: string): Promise<void> {
  const words = [name, innerFolder(name), ...crunArgs];
  await ask(context, name, { order: 'run-container', inside: { holder, as: 'innerRoot' }, words });
}

async function ask({ launcher }: SandboxContext, container: string, request: LauncherRequest): Promise<string> {
  try {
    return await launcher.request(request);
  } catch (error) {
    if (!(error instanceof LauncherError)) throw error;
    throw failure(container, error.message);
  }
}

/** A signal by its name or number (signal(7)). */
function toSignal(text: string): NodeJS.Signals | number {
  const [, isFromTop, offset] = /^SIGRTM(IN|AX)(?:[+-](\d+))?$/.exec(text) ?? [];
  if (isFromTop !== undefined) return isFromTop === 'AX' ? 64 - Number(offset ?? 0) : 34 + Number(offset ?? 0);
  if (/^\d+$/.test(text)) return Number(text);
  return text in constants.signals ? (text as NodeJS.Signals) : 'SIGTERM';
}

/** Asks a container's program to end with its stop signal, waits, and ends it by force when the grace is over. */
export async function stopContainer(
  paths: ContainerPaths,
  made: MadeContainer,
  graceMs = made.spec.stopGraceMs,
): Promise<void> {
  const { init, spec } = made;
  // One that has ended by itself is about to be started again, it may be.
  markEnding(paths, made);
  if (init === undefined || !isAlive(init)) return;
  signalProcess(init, toSignal(spec.stopSignal));
  if (made.isPaused === true) resumeProcesses(init);
  if (!(await waitForEnd(init, graceMs))) {
    signalProcess(init, 'SIGKILL');
    await waitForEnd(init, 10_000);
  }
}

/** A full disk keeps nobody from ending what fills it; at worst it is started again once. */
function markEnding(paths: ContainerPaths, made: MadeContainer): void {
  try {
    writeJsonFile(paths.made, { ...made, isEnding: true } satisfies MadeContainer, groupReadable);
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
}

/** Sends a container's program a signal. One that ends it by force is no end of its own: it is not started again. */
export async function killContainer(paths: ContainerPaths, made: MadeContainer, signal: string): Promise<void> {
  const { init } = made;
  if (init === undefined || !isAlive(init)) return;
  const number = toSignal(signal);
  const isLast = number === 'SIGKILL' || number === 9;
  if (isLast) markEnding(paths, made);
  signalProcess(init, number);
  if (isLast) await waitForEnd(init, 10_000);
}
