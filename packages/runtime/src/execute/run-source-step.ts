import type { IdMap } from '../ids/id-map.ts';
import type { Step } from '../plan/types.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { StepReport } from './execute-plan.ts';

/** Steps that bring images and sources to this machine, or take them away: the same whatever containers run on. */
type SourceStep = Extract<
  Step,
  { readonly kind: 'image.build' | 'image.pull' | 'project.clone' | 'starter.fetch' | 'worktree.remove' }
>;

interface SourcePlace {
  readonly paths: { readonly projects: string; readonly staging: string };
  readonly settings: RuntimeSettings;
  /** Whom files of the image store belong to; only asked for by what writes there. */
  readonly idMap: () => IdMap;
  readonly report: StepReport;
  readonly signal: AbortSignal;
}

/** Carries out one of them. What fetches and builds is loaded when it is needed: most starts need none of it. */
export async function runSourceStep(
  step: SourceStep,
  { paths, settings, idMap, report, signal }: SourcePlace,
): Promise<void> {
  switch (step.kind) {
    case 'image.build': {
      if (step.dockerfile !== undefined) {
        const { buildForStep } = await import('../builds/build-for-step.ts');
        await buildForStep(step.dockerfile, settings, report, signal);
        return;
      }
      const { buildStandIn } = await import('../images/build-stand-in.ts');
      await buildStandIn(step.image, settings, idMap(), report, signal);
      return;
    }
    case 'image.pull': {
      const { pullForWorkspace } = await import('../images/pull/pull-for-workspace.ts');
      await pullForWorkspace(step.reference, settings, idMap(), report, signal);
      return;
    }
    case 'project.clone': {
      const { cloneProject } = await import('../projects/clone-project.ts');
      return cloneProject(step.project, {
        ...settings,
        folder: paths.projects,
        staging: paths.staging,
        withSubmodules: step.withSubmodules,
        report,
        signal,
      });
    }
    case 'starter.fetch': {
      const { fetchStarter } = await import('../projects/fetch-starter.ts');
      const onOutput = (text: string): void => report.output(text);
      return fetchStarter(step.starter, { ...settings, ...step, staging: paths.staging, report, onOutput, signal });
    }
    case 'worktree.remove': {
      const { removeWorktree } = await import('../branches/remove-worktree.ts');
      return removeWorktree({ ...step, folder: step.worktree }, step.isForced, settings);
    }
  }
}
