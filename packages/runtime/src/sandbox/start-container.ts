import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { identify, type ProcessId, signalProcess } from '../process/process-table.ts';
import { runProcess, spawnProcess, waitForClose } from '../process/run-process.ts';
import { crunArgs } from './crun.ts';
import { enterAsInnerRoot, type Holder } from './holder.ts';
import { findInitPrograms } from './init-programs.ts';
import { writeJsonFile } from './json-file.ts';
import { ociConfig } from './oci-config.ts';
import { type ContainerPaths, stagePaths } from './paths.ts';
import { removeInnerFolder } from './remove-inner.ts';
import { giveToInnerRoot, machineProcessEnv, makeInnerFolder, readOpenFilesLimit, type SandboxContext } from './sandbox-context.ts';
import { waitForEnd } from './reap.ts';

/**
 * For a normal user the supervisor is the sandbox's own root, whose group is the user's: what it writes is read by the
 * user through the group.
 */
export const groupReadable = 0o640;

/** What is kept on disk about a container: from what it was made, so that a later start can tell whether it still fits. */
export interface MadeContainer {
  readonly spec: ContainerSpec;
  readonly specHash: string;
  readonly imageDigest: string;
  /** The process that runs in it, while it runs. */
  readonly init?: ProcessId;
  readonly startedAt?: number;
}

export interface ContainerStart {
  readonly spec: ContainerSpec;
  readonly specHash: string;
  readonly image: { readonly digest: string; readonly layers: readonly string[] };
  /** The container's own changes to its files are thrown away. */
  readonly isNewLayer: boolean;
}

/**
 * Starts a container: its files laid out, its root mounted and new volumes filled from the image, its process made
 * by conmon and crun, put into its control group, and only then set running. Throws CONTAINER_FAILED.
 */
export async function startContainer(context: SandboxContext, holder: Holder, start: ContainerStart): Promise<ProcessId> {
  const { spec } = start;
  const paths = context.paths.container(spec.name);
  if (start.isNewLayer) await removeInnerFolder(paths.layer, context.idMap);
  prepareFiles(context, paths, start);
  await clearRemains(holder, spec.name);
  await mountRoot(holder, start);
  const init = await createContainer(context, holder, spec.name);
  for (const file of context.cgroups?.create(context.id, spec.name, spec.resources) ?? []) writeFileSync(file, String(init.pid));
  const made: MadeContainer = {
    spec,
    specHash: start.specHash,
    imageDigest: start.image.digest,
    init,
    startedAt: Date.now(),
  };
  writeJsonFile(paths.made, made, groupReadable);
  const result = await runProcess([...enterAsInnerRoot(holder), ...crunArgs, 'start', spec.name], {
    env: machineProcessEnv(context.paths),
  });
  if (result.code !== 0) {
    signalProcess(init, 'SIGKILL');
    throw failure(spec.name, result.stderr);
  }
  return init;
}

function failure(container: string, said: string): AppError {
  const line = said.trim().split('\n').at(-1) ?? '';
  return new AppError('CONTAINER_FAILED', `${container} cannot be started: ${line.replace(/^\S*Z?: /, '')}`);
}

function prepareFiles(context: SandboxContext, paths: ContainerPaths, { spec }: ContainerStart): void {
  const { idMap } = context;
  mkdirSync(paths.root, { recursive: true, mode: 0o755 });
  for (const folder of [paths.bundle, paths.layer, paths.upper, paths.work, paths.run]) makeInnerFolder(folder, idMap);
  for (const file of [paths.pidFile, paths.exitFile]) rmSync(file, { force: true });
  // Mode 0755 at the top of a fresh layer becomes the mode of the container's root folder.
  chmodSync(paths.upper, 0o755);
  closeSync(openSync(paths.log, 'a', 0o600));
  giveToInnerRoot(paths.log, idMap);
  for (const item of spec.mounts) {
    if (item.type === 'volume') makeInnerFolder(context.paths.volume(item.volume), idMap);
  }
  const limit = context.cgroups === undefined ? spec.resources.memoryLimitBytes : undefined;
  const config = ociConfig({
    spec,
    hostname: context.hostname,
    init: findInitPrograms(),
    openFiles: readOpenFilesLimit(),
    ...(limit === undefined ? {} : { processMemoryBytes: limit }),
  });
  writeFileSync(paths.config, JSON.stringify(config), { mode: 0o644 });
}

/** A container that ended by itself still has its root mounted and its state in crun. */
async function clearRemains(holder: Holder, container: string): Promise<void> {
  const mounts = readFileSync(`/proc/${holder.pid}/mountinfo`, 'utf8');
  if (!mounts.includes(` ${stagePaths.root(container)} `)) return;
  const script = `"$@" delete --force "${container}" 2>/dev/null; umount -l "${stagePaths.root(container)}"`;
  await runProcess([...enterAsInnerRoot(holder), 'sh', '-c', script, 'clear', ...crunArgs]);
}

/**
 * Mounts the container's root and fills volumes that are new: with what the image has at that place, else empty and
 * owned by the container's user. A volume is filled beside its place and moved there when it is whole. An image whose
 * path leads through a link is not copied from: it could point at files of the machine.
 */
const mountScript = `set -e
root=$1 lower=$2 layer=$3 owner=$4
shift 4
mkdir -p "$root"
chown 0:0 "$layer/upper"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$layer/upper,workdir=$layer/work,userxattr" "$root"
while [ $# -gt 0 ]; do
  volume=${stagePaths.workspace}/volumes/$1 path=$root$2
  shift 2
  [ ! -e "$volume/data" ] || continue
  rm -rf "$volume/new"
  mkdir "$volume/new"
  if [ -d "$path" ] && [ "$(realpath "$path")" = "$path" ]; then
    cp -a "$path/." "$volume/new/"
    chown --reference="$path" "$volume/new"
    chmod --reference="$path" "$volume/new"
    [ "$(stat -c %u:%g "$path")" != 0:0 ] || chown "$owner" "$volume/new"
  else
    chown "$owner" "$volume/new"
  fi
  mv "$volume/new" "$volume/data"
done`;

async function mountRoot(holder: Holder, { spec, image }: ContainerStart): Promise<void> {
  const lower = image.layers.map((digest) => `${stagePaths.layers}/${digest.replace('sha256:', '')}`).reverse();
  const volumes = spec.mounts.flatMap((item) => (item.type === 'volume' ? [item.volume, item.path] : []));
  const words = [
    stagePaths.root(spec.name),
    lower.join(':'),
    `${stagePaths.workspace}/containers/${spec.name}/layer`,
    `${spec.user.uid}:${spec.user.gid}`,
    ...volumes,
  ];
  const result = await runProcess([...enterAsInnerRoot(holder), 'sh', '-c', mountScript, 'mount', ...words]);
  if (result.code !== 0) throw failure(spec.name, result.stderr);
}

/** Has conmon make the container's process, stopped before its program; conmon keeps its output and exit code. */
async function createContainer(context: SandboxContext, holder: Holder, container: string): Promise<ProcessId> {
  const folder = `${stagePaths.workspace}/containers/${container}`;
  const [crun = 'crun', ...runtimeArgs] = crunArgs;
  const argv = [
    'conmon', '--api-version', '1', '--cid', container, '--cuuid', container, '--name', container,
    '--runtime', `/usr/bin/${crun}`, ...runtimeArgs.flatMap((word) => ['--runtime-arg', word]),
    '--bundle', `${folder}/bundle`, '--container-pidfile', `${folder}/run/pid`, '--socket-dir-path', `${folder}/run`,
    '--exit-dir', `${stagePaths.crun}`, '--persist-dir', `${folder}/run`, '--log-path', `k8s-file:${folder}/output.log`,
  ];
  const child = spawnProcess([...enterAsInnerRoot(holder), ...argv], {
    detached: true,
    cwd: '/',
    env: { ...machineProcessEnv(context.paths), _OCI_SYNCPIPE: '3' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = waitForClose(child, 'conmon');
  let report = '';
  for await (const chunk of child.stdio[3] as AsyncIterable<Buffer>) {
    report += chunk.toString();
    if (report.includes('\n')) break;
  }
  await ended.catch(() => undefined);
  return parseReport(container, report);
}

/** conmon's word on the creation: `{"data": PID}`, or a negative number with a message. */
function parseReport(container: string, report: string): ProcessId {
  let data = -1;
  let message = 'conmon said nothing';
  try {
    const parsed = JSON.parse(report) as { data?: number; message?: string };
    data = parsed.data ?? -1;
    message = parsed.message ?? message;
  } catch {
    if (report !== '') message = report;
  }
  const init = data > 0 ? identify(data) : undefined;
  if (init === undefined) throw failure(container, message);
  return init;
}

/** Asks a container's program to end with its stop signal, waits, and ends it by force when the grace is over. */
export async function stopContainer(made: MadeContainer): Promise<void> {
  const { init, spec } = made;
  if (init === undefined) return;
  signalProcess(init, spec.stopSignal as NodeJS.Signals);
  if (!(await waitForEnd(init, spec.stopGraceMs))) {
    signalProcess(init, 'SIGKILL');
    await waitForEnd(init, 10_000);
  }
}
