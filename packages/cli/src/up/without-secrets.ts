import { type Plan, shownArchiveAddress, withoutCredentials } from '@devstead/runtime';

/** A plan whose addresses of sources show no user, password or query. */
export function withoutSecrets(plan: Plan): Plan {
  return {
    ...plan,
    steps: plan.steps.map((step) => {
      if (step.kind === 'project.clone') return { ...step, project: hide(step.project) };
      if (step.kind === 'starter.fetch') return { ...step, starter: hide(step.starter) };
      return step;
    }),
  };
}

type Source = Extract<Plan['steps'][number], { kind: 'project.clone' }>['project'];

function hide<T extends Pick<Source, 'git' | 'zip'>>(source: T): T {
  const { git, zip } = source;
  const remotes = Object.entries(git?.remotes ?? {}).map(([name, address]) => [name, withoutCredentials(address)]);
  return {
    ...source,
    ...(git === undefined ? {} : { git: { ...git, remotes: Object.fromEntries(remotes) } }),
    ...(zip === undefined ? {} : { zip: { location: shownArchiveAddress(zip.location) } }),
  };
}
