export {
  type ExecuteOptions,
  executePlan,
  type PlanEvent,
  type StepReport,
  type StepRunner,
} from './execute/execute-plan.ts';
export { type BuildProgress, buildImage } from './images/build.ts';
export { machineBuildOptions } from './images/build-stand-in.ts';
export { baseName, listRecipes } from './images/recipe.ts';
export { recipesFolder } from './images/recipes-folder.ts';
export { type UsedImage } from './images/resolve-images.ts';
export { standInFor } from './images/rewrite.ts';
export { openStore } from './images/store.ts';
export type { ImageConfig, ImageRecord, Recipe } from './images/types.ts';
export type { ContainerSpec } from './plan/container-spec.ts';
export { renderPlan } from './plan/render-plan.ts';
export { caBundlePath } from './plan/resolve-container.ts';
export type { Observed, ObservedContainer, Plan, PublishedPort, Step, StepKind } from './plan/types.ts';
export { describePortOwner } from './process/port-owner.ts';
export { exitCodeOf, runProcess, spawnProcess, waitForClose } from './process/run-process.ts';
export { checkGitAddress, cloneRepository, withoutCredentials } from './projects/clone-repository.ts';
export { interactiveShell, shellCommand } from './sandbox/exec.ts';
export type { IdMap } from './sandbox/id-map.ts';
export { probeSandbox, type SandboxProbe } from './sandbox/probe.ts';
export type { LogLine } from './sandbox/read-logs.ts';
export { openSandboxRuntime } from './sandbox/sandbox-runtime.ts';
export { openIdMap } from './sandbox/state-id-map.ts';
export type { RuntimeSettings } from './settings.ts';
export type { ExecInContainer, Inspection, LogQuery, Runtime } from './types.ts';
export { findFreePort } from './workspace/choose-ports.ts';
export { type Lock, type LockOwner, readLockOwner, takeLock } from './workspace/lock.ts';
export { machineEnvironment } from './workspace/machine-environment.ts';
export {
  type CarryOutOptions,
  carryOut,
  type PreparedUp,
  prepareDown,
  prepareStop,
  prepareUp,
  recordUp,
  rollBack,
  type UpOptions,
} from './workspace/operations.ts';
export { readRecordedEnvironment, tryReadRecordedEnvironment } from './workspace/recorded-environment.ts';
export { listUsedLayers } from './workspace/used-layers.ts';
export {
  approveWorkspace,
  findWorkspace,
  identifyWorkspace,
  listWorkspaces,
  openWorkspace,
  toWorkspaceName,
  type Workspace,
  type WorkspaceRecord,
} from './workspace/workspace-record.ts';
