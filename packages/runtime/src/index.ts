export { findRepository, type Repository } from './branches/find-repository.ts';
export { findUnsavedInWorktree } from './branches/remove-worktree.ts';
export { findUnsavedInClone } from './branches/unsaved-work.ts';
export { findWorktree, type OpenedWorktree, openWorktree, undoWorktree, worktreeFolder } from './branches/worktree.ts';
export { openContainerRuntime } from './container/container-runtime.ts';
export { lookForEngine } from './container/look-for-engine.ts';
export {
  type ExecuteOptions,
  executePlan,
  type PlanEvent,
  type StepReport,
  type StepRunner,
} from './execute/execute-plan.ts';
export { type UsedImage } from './images/resolve-images.ts';
export { indexFolder, indexSocket } from './index-service/index-place.ts';
export {
  endIndexOnDemand,
  hasRunningWorkspaces,
  recordIndexFailure,
  recordIndexService,
} from './index-service/index-service.ts';
export { chooseRuntime, openRuntime } from './open-runtime.ts';
export type { ContainerSpec } from './plan/container-spec.ts';
export { planPause, planRemoveContainers, planSignal, planStopContainers, withGrace } from './plan/plan-down.ts';
export { planOneOffEnd } from './plan/plan-one-off.ts';
export { listDown, planHold, planRestart } from './plan/plan-restart.ts';
export { renderPlan } from './plan/render-plan.ts';
export { caBundlePath } from './plan/resolve-container.ts';
export type { Observed, ObservedContainer, Plan, PublishedPort, Step, StepKind } from './plan/types.ts';
export { describePortOwner } from './process/port-owner.ts';
export { exitCodeOf, runProcess, spawnProcess, waitForClose } from './process/run-process.ts';
export { shownArchiveAddress } from './projects/archive-address.ts';
export { cloneRepository } from './projects/clone-repository.ts';
export { checkGitAddress, withoutCredentials } from './projects/git-address.ts';
export { isProjectThere } from './projects/is-project-there.ts';
export { findStarterPlace } from './projects/starter-place.ts';
export { type Lack, lackTexts } from './running/lacks.ts';
export type { LogLine } from './running/log-lines.ts';
export { isToRestart } from './running/restart-policy.ts';
export { interactiveShell, shellCommand } from './running/shell-command.ts';
export type { RuntimeSettings, WorkspaceIndex } from './settings.ts';
export { describePlace } from './state/engine-place.ts';
export { analyseStarts, type TimedStart, type TimedStep } from './timeline/analyse-starts.ts';
export { readStarts } from './timeline/start-history.ts';
export type { ExecInContainer, Inspection, LogQuery, Runtime, RuntimeName } from './types.ts';
export { type ContainerUsage, compareSamples } from './usage/compare-samples.ts';
export { sampleUsage } from './usage/sample-usage.ts';
export type { UsageSample } from './usage/types.ts';
export { findFreePort } from './workspace/choose-ports.ts';
export { forgetWorkspace } from './workspace/forget-workspace.ts';
export { type Lock, type LockOwner, readLockOwner, takeLock } from './workspace/lock.ts';
export { machineEnvironment, settingsFor } from './workspace/machine-environment.ts';
export { type OneOffOptions, type PreparedOneOff, prepareOneOff } from './workspace/one-off.ts';
export {
  type CarryOutOptions,
  carryOut,
  type PreparedUp,
  prepareDown,
  prepareStop,
  prepareUp,
  pullImages,
  recordUp,
  rollBack,
  type UpOptions,
} from './workspace/operations.ts';
export { prepareApply } from './workspace/prepare-apply.ts';
export { readRecordedEnvironment, tryReadRecordedEnvironment } from './workspace/recorded-environment.ts';
export {
  approveWorkspace,
  type BranchRecord,
  findWorkspace,
  identifyWorkspace,
  listWorkspaces,
  openWorkspace,
  toWorkspaceName,
  updateWorkspace,
  type Workspace,
  type WorkspaceRecord,
} from './workspace/workspace-record.ts';
