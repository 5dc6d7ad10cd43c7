import type { ApplyCommand, Environment } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import { planApplyCommand } from '../plan/plan-command.ts';
import type { Plan } from '../plan/types.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { Runtime } from '../types.ts';
import { resolveWorkspace } from './operations.ts';
import type { Workspace } from './workspace-record.ts';

/** Throws CANNOT_APPLY, with the place of the command. */
function requireApplicable(
  { artifacts, containers, provenance }: Environment,
  images: Readonly<Record<string, string>>,
  { id, component }: ApplyCommand,
): void {
  if (containers.some(({ name }) => name === component) || images[component] !== undefined) return;
  const { kind, imageName } = artifacts?.find(({ name }) => name === component) ?? {};
  const why =
    kind === 'image'
      ? `: no recipe and no local image stands for ${imageName ?? ''}, and it has no Dockerfile beside the devfile`
      : kind === undefined
        ? ', which is no container'
        : ` (${kind}), and there is no cluster here`;
  const place = provenance[`commands.${id}.component`]?.find(({ line }) => line !== undefined);
  throw new AppError('CANNOT_APPLY', `${id} applies ${component}${why}`, {
    details: place === undefined ? [] : [`${place.file ?? ''}:${place.line ?? 1} command ${id}`],
  });
}

interface ApplyOptions {
  readonly command: ApplyCommand;
  readonly readyTimeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Thinks through what an apply command does in a workspace that runs. Throws WORKSPACE_NOT_RUNNING, IMAGE_NOT_FOUND,
 * and CANNOT_APPLY for what nothing here can.
 */
export async function prepareApply(
  workspace: Workspace,
  environment: Environment,
  runtime: Runtime,
  settings: RuntimeSettings,
  { command, readyTimeoutMs, signal }: ApplyOptions,
): Promise<Plan> {
  const observed = await runtime.observe();
  if (!observed.isSandboxRunning) throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`);
  const names = new Set([command.component]);
  const resolved = await resolveWorkspace(workspace, environment, settings, names, signal);
  requireApplicable(environment, resolved.artifactImages, command);
  return planApplyCommand({ environment, observed, readyTimeoutMs, ...resolved }, command);
}
