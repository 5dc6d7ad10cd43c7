import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { explainIds } from '../ids/explain-ids.ts';
import { type IdMap, projectUser, readSubordinateIds } from '../ids/id-map.ts';
import { openIdMap, readIdMap } from '../ids/state-id-map.ts';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { signalProcess } from '../process/process-table.ts';
import { runProcess } from '../process/run-process.ts';
import type { RuntimeSettings } from '../settings.ts';
import { workspacePaths } from '../state/paths.ts';
import { openCgroups } from './cgroup.ts';
import { findClosedFolder } from './closed-folder.ts';
import { enterAsCaller, enterAsInnerRoot, type Holder, startLoneHolder } from './holder.ts';
import { Launcher } from './launcher.ts';
import { giveToInnerRoot, type SandboxContext } from './sandbox-context.ts';
import { stage, stagePaths } from './stage-paths.ts';
import { mountSources } from './start-sandbox.ts';

export { explainDelegation } from './cgroup.ts';

/** What of a sandbox works on this machine, found out by doing it. A text says why something does not. */
export interface SandboxProbe {
  /** Ranges of ids for a user namespace; with the command by which an administrator mends it. */
  readonly ids?: { readonly problem: string; readonly command: string };
  readonly namespacesProblem?: string;
  /** Copy-on-write roots: an overlay mount in the user namespace, on the state folder's file system. */
  readonly overlayProblem?: string;
  /** The project's files belong to the container's user inside and to their owner outside. */
  readonly projectProblem?: string;
  /** Control groups can be written, so memory and processor limits hold for a container as a whole. */
  readonly hasLimits: boolean;
  /** A folder on the way to the state folder or the project that the sandbox's own root cannot pass. */
  readonly closedFolder?: string;
}

/** Tries the parts of a sandbox one after the other; what follows a part that fails is not tried. Nothing of it stays. */
export async function probeSandbox(settings: RuntimeSettings, projectFolder: string): Promise<SandboxProbe> {
  const hasLimits = openCgroups() !== undefined;
  const ids = explainIds(settings.user, readSubordinateIds(), readIdMap(settings));
  if (ids !== undefined) return { hasLimits, ids };
  const idMap = openIdMap(settings);
  const closedFolder = findClosedFolder([settings.stateFolder, projectFolder], idMap);
  if (closedFolder !== undefined) return { hasLimits, closedFolder };
  let holder: Holder;
  try {
    holder = await startLoneHolder(['DEVSTEAD_PROBE', String(process.pid)], { idMap, network: 'own' });
  } catch (error) {
    return { hasLimits, namespacesProblem: describe(error) };
  }
  mkdirSync(settings.stateFolder, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(settings.stateFolder, 'probe-'));
  chmodSync(folder, 0o755);
  try {
    const overlayProblem = await tryOverlay(holder, idMap, folder);
    if (overlayProblem !== undefined) return { hasLimits, overlayProblem };
    const projectProblem = await tryProject(holder, { settings, idMap, folder, projectFolder });
    return { hasLimits, ...(projectProblem === undefined ? {} : { projectProblem }) };
  } finally {
    signalProcess(holder, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tryOverlay(holder: Holder, idMap: IdMap, folder: string): Promise<string | undefined> {
  for (const name of ['lower', 'upper', 'work']) {
    mkdirSync(join(folder, name), { mode: 0o755 });
    giveToInnerRoot(join(folder, name), idMap);
  }
  const prepare = `set -e
mount -t tmpfs -o mode=777 probe ${stage}
mkdir ${stagePaths.workspace} ${stage}/folders ${stage}/root
mount --bind "$1" ${stagePaths.workspace}`;
  // What the kernel and the inner root leave behind, only the inner root may remove.
  const overlay = `cd ${stagePaths.workspace} || exit 1
mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr probe ${stage}/root && echo > ${stage}/root/file
code=$?
umount ${stage}/root
rm -rf upper/* work/*
exit $code`;
  const steps = [
    [...enterAsCaller(holder), 'sh', '-c', prepare, 'probe', folder],
    [...enterAsInnerRoot(holder), 'sh', '-c', overlay],
  ];
  for (const argv of steps) {
    const { code, stderr } = await runProcess(argv);
    if (code !== 0) return stderr.trim().split('\n').at(-1) ?? `code ${code}`;
  }
  return undefined;
}

interface ProjectProbe {
  readonly settings: RuntimeSettings;
  readonly idMap: IdMap;
  readonly folder: string;
  readonly projectFolder: string;
}

async function tryProject(holder: Holder, probe: ProjectProbe): Promise<string | undefined> {
  const { settings, idMap } = probe;
  const paths = workspacePaths(probe.folder);
  const launcher = new Launcher(['DEVSTEAD_PROBE', String(process.pid)]);
  const common = { id: 'probe', hostname: 'probe', cgroups: undefined, own: { created: new Map() } };
  const context: SandboxContext = { ...common, paths, settings, idMap, launcher };
  const spec: ContainerSpec = {
    name: 'probe',
    image: '',
    imageName: '',
    argv: [],
    mayEnd: true,
    env: [],
    user: projectUser,
    workingDir: '/',
    commandDir: '/',
    mounts: [{ type: 'folder', source: probe.projectFolder, path: '/' }],
    resources: {},
    stopSignal: 'SIGTERM',
    stopGraceMs: 0,
    checks: [],
  };
  try {
    await mountSources(context, holder, spec);
    return undefined;
  } catch (error) {
    return describe(error);
  } finally {
    launcher.close();
  }
}

function describe(error: unknown): string {
  if (error instanceof AppError) return error.message;
  throw error;
}
