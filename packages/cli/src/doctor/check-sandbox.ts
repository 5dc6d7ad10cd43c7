import type { SandboxProbe } from '@devstead/runtime/probe';
import { asRoot, type Requirement } from './requirement.ts';

/** What trying the parts of a sandbox showed. */
export function checkSandbox(
  probe: SandboxProbe,
  user: { readonly name: string; readonly uid: number },
): Requirement[] {
  const { idsProblem, namespacesProblem, overlayProblem, projectProblem, hasLimits } = probe;
  const isUntried = idsProblem !== undefined || namespacesProblem !== undefined;
  const range = '100000-165535';
  const limits: Requirement = {
    id: 'limits.cgroups',
    state: hasLimits ? 'ok' : 'warn',
    purpose: 'memory and processor limits of containers',
    found: hasLimits
      ? 'enforced'
      : 'control groups cannot be written: memory limits hold for each process, processor limits not at all',
    ...(hasLimits
      ? {}
      : { fix: 'Run Devstead as root, or in a session whose control groups are delegated to the user.' }),
  };
  return [
    judge('namespaces.ids', 'user ids that containers have for themselves', idsProblem, {
      fix: asRoot(`usermod --add-subuids ${range} --add-subgids ${range} ${user.name}`, user.uid),
    }),
    judge('namespaces.user', 'containers are apart from the machine’s users', namespacesProblem, {
      isUntried: idsProblem !== undefined,
      fix: asRoot('sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000', user.uid),
    }),
    judge('mounts.overlay', 'copy-on-write roots of containers', overlayProblem, {
      isUntried,
      fix: 'Set DEVSTEAD_HOME to a folder on ext4, xfs or btrfs (Linux 5.11 or newer).',
    }),
    judge('mounts.project', 'the project’s files, with their owner, in containers', projectProblem, {
      isUntried: isUntried || overlayProblem !== undefined,
      fix: 'Keep projects on ext4, xfs or btrfs (Linux 5.12 or newer), or work as the normal user who owns them.',
    }),
    limits,
  ];
}

function judge(
  id: string,
  purpose: string,
  problem: string | undefined,
  { fix, isUntried = false }: { readonly fix: string; readonly isUntried?: boolean },
): Requirement {
  if (isUntried)
    return {
      id,
      state: 'missing',
      purpose,
      found: 'not tried: what it needs is missing',
      fix: 'Mend what is missing above first.',
    };
  return problem === undefined
    ? { id, state: 'ok', purpose, found: 'works' }
    : { id, state: 'missing', purpose, found: problem, fix };
}
