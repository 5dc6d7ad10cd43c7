import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { identify, type ProcessId, signalProcess } from '../process/process-table.ts';
import { runProcess } from '../process/run-process.ts';
import { inControlGroups } from './cgroup.ts';
import { crunArgs } from './crun.ts';
import { enterAsInnerRoot, type Holder } from './holder.ts';
import { findInitPrograms } from './init-programs.ts';
import { writeJsonFile } from './json-file.ts';
import { fileCopy, ociConfig } from './oci-config.ts';
import { type ContainerPaths, stagePaths } from './paths.ts';
import { waitForEnd } from './reap.ts';
import { removeInnerFolder } from './remove-inner.ts';
import {
  giveToInnerRoot,
  machineProcessEnv,
  makeInnerFolder,
  readOpenFilesLimit,
  type SandboxContext,
} from './sandbox-context.ts';

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
 * Starts a container: its files laid out, then in one go inside the holder's namespaces its root mounted, new volumes
 * filled from the image, its process made by conmon and crun, and set running. All of it happens in the container's
 * control group. Throws CONTAINER_FAILED.
 */
export async function startContainer(
  context: SandboxContext,
  holder: Holder,
  start: ContainerStart,
): Promise<ProcessId> {
  const { spec } = start;
  const paths = context.paths.container(spec.name);
  await waitForCutOffStart(paths);
  if (start.isNewLayer) await removeInnerFolder(paths.layer, context.idMap);
  prepareFiles(context, paths, start);
  const groups = context.cgroups?.create(context.id, spec.name, spec.resources) ?? [];
  const init = await launch(context, holder, start, groups);
  const made: MadeContainer = {
    spec,
    specHash: start.specHash,
    imageDigest: start.image.digest,
    init,
    startedAt: Date.now(),
  };
  writeJsonFile(paths.made, made, groupReadable);
  return init;
}

/** Waits for the script of a start whose caller was killed: it must be over before a file of the container is touched. */
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
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return new AppError('CONTAINER_FAILED', `${container} cannot be started: ${lines.at(-1) ?? 'no reason was given'}`, {
    details: lines.slice(0, -1).slice(-10),
  });
}

function prepareFiles(context: SandboxContext, paths: ContainerPaths, { spec }: ContainerStart): void {
  const { idMap } = context;
  mkdirSync(paths.root, { recursive: true, mode: 0o755 });
  const isNew = !existsSync(paths.upper);
  for (const folder of [paths.bundle, paths.layer, paths.upper, paths.work, paths.run]) makeInnerFolder(folder, idMap);
  // The mode of a layer's top folder becomes that of the container's root, whatever mask this process has.
  if (isNew) chmodSync(paths.upper, 0o755);
  for (const file of [paths.pidFile, paths.exitFile]) rmSync(file, { force: true });
  // Of commands whose caller was killed.
  for (const name of readdirSync(paths.run).filter((file) => file.startsWith('exec-'))) rmSync(join(paths.run, name));
  closeSync(openSync(paths.log, 'a', 0o600));
  giveToInnerRoot(paths.log, idMap);
  for (const [index, item] of spec.mounts.entries()) {
    if (item.type === 'volume') makeInnerFolder(context.paths.volume(item.volume), idMap);
    if (item.type === 'file')
      writeFileSync(join(paths.root, fileCopy(index)), readFileSync(item.source), { mode: 0o644 });
  }
  const limit = context.cgroups === undefined ? spec.resources.memoryLimitBytes : undefined;
  const config = ociConfig({
    spec,
    hostname: context.hostname,
    init: findInitPrograms(),
    openFiles: readOpenFilesLimit(),
    ...(limit === undefined ? {} : { processMemoryBytes: limit }),
  });
  writeFileSync(`${paths.config}.new`, JSON.stringify(config), { mode: 0o644 });
  // In one step: a command that starts at this moment reads it.
  renameSync(`${paths.config}.new`, paths.config);
}

/**
 * The steps of a start as one script, run by the sandbox's own root.
 *
 * What an earlier run left (a root still mounted, crun's record of it) is cleared. A volume that is new is filled with
 * what the image has at its place, else it is empty and owned by the container's user; it is filled beside its place
 * and moved there when it is whole. An image whose path leads through a link is not copied from: it could point at
 * files of the machine. conmon reports on a pipe with a name, which the script holds open. The lock makes it wait for
 * the script of a start that was cut off, whose work it then clears.
 */
const startScript = `set -eu
name=$1 root=$2 lower=$3 folder=$4 owner=$5
shift 5
runtime() { ${crunArgs.join(' ')} "$@"; }
exec 9>"$folder/run/lock"
flock 9
while read -r _ _ _ _ place _; do
  [ "$place" = "$root" ] || continue
  runtime delete --force "$name" 2>/dev/null || :
  umount -l "$root" 2>/dev/null || :
done </proc/self/mountinfo
[ -d "$root" ] || mkdir "$root"
[ -O "$folder/layer/upper" ] || chown 0:0 "$folder/layer/upper"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$folder/layer/upper,workdir=$folder/layer/work,userxattr" "$root"
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
done
[ -p "$folder/run/report" ] || mkfifo "$folder/run/report"
exec 4<>"$folder/run/report"
_OCI_SYNCPIPE=4 conmon --api-version 1 --cid "$name" --cuuid "$name" --name "$name" \
  --runtime "$(command -v crun)" ${crunArgs
    .slice(1)
    .map((word) => `--runtime-arg=${word}`)
    .join(' ')} \
  --bundle "$folder/bundle" --container-pidfile "$folder/run/pid" --socket-dir-path "$folder/run" \
  --exit-dir "$folder/bundle" --persist-dir "$folder/run" --log-path "k8s-file:$folder/output.log" </dev/null >/dev/null 9>&-
read -r report <&4
exec 4<&-
printf '%s\n' "$report"
case $report in
  *'"data":-'* | *'"data": -'*) exit 1 ;;
esac
runtime start "$name"`;

/** Runs the start script inside the container's control group and returns the container's first process. */
async function launch(
  context: SandboxContext,
  holder: Holder,
  { spec, image }: ContainerStart,
  groups: readonly string[],
): Promise<ProcessId> {
  const lower = image.layers.map((digest) => `${stagePaths.layers}/${digest.replace('sha256:', '')}`).reverse();
  const volumes = spec.mounts.flatMap((item) => (item.type === 'volume' ? [item.volume, item.path] : []));
  const words = [
    spec.name,
    stagePaths.root(spec.name),
    lower.join(':'),
    `${stagePaths.workspace}/containers/${spec.name}`,
    `${spec.user.uid}:${spec.user.gid}`,
    ...volumes,
  ];
  const argv = [...enterAsInnerRoot(holder), 'sh', '-c', startScript, 'start', ...words];
  const result = await runProcess(inControlGroups(groups, argv), {
    env: machineProcessEnv(context.paths),
    isDetached: true,
  });
  const [report = '', ...said] = result.stdout.split('\n');
  if (result.code !== 0)
    throw failure(spec.name, [readReport(report).message ?? '', ...said, result.stderr].join('\n'));
  const init = identify(readReport(report).data ?? 0);
  // It may have ended by now; then its exit code says so to whoever waits for it.
  return init ?? { pid: readReport(report).data ?? 0, start: 0 };
}

/** conmon's word on a creation: `{"data": PID}`, or a negative number with a message. */
function readReport(report: string): { data?: number; message?: string } {
  try {
    return JSON.parse(report) as { data?: number; message?: string };
  } catch {
    return report === '' ? {} : { message: report };
  }
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
