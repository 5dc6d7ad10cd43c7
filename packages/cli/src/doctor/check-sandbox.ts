import type { SandboxProbe } from '@devstead/runtime/probe';
import { explainDelegation } from '@devstead/runtime/probe';
import { explainNamespaces, type NamespaceFacts, readNamespaceFacts } from './explain-namespaces.ts';
import { findOtherPlace } from './find-other-place.ts';
import { asRoot, type Requirement } from './requirement.ts';

interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** What trying the parts of a sandbox showed. */
export function checkSandbox(
  probe: SandboxProbe,
  user: User,
  facts: NamespaceFacts = readNamespaceFacts(),
): Requirement[] {
  const { ids, closedFolder, namespacesProblem, overlayProblem, projectProblem } = probe;
  const isWithoutIds = ids !== undefined;
  const isClosed = isWithoutIds || closedFolder !== undefined;
  const isUntried = isClosed || namespacesProblem !== undefined;
  return [
    judge('namespaces.ids', 'user ids that containers have for themselves', ids?.problem, {
      fix: asRoot(ids?.command ?? '', user.uid),
    }),
    judge('folders.open', 'the sandbox reaches the state folder and the project', describeClosed(closedFolder), {
      isUntried: isWithoutIds,
      fix: asRoot(`chmod o+x ${closedFolder}`, user.uid),
    }),
    judge('namespaces.user', 'containers are apart from the machine’s users', namespacesProblem, {
      isUntried: isClosed,
      fix: explainNamespaces(namespacesProblem ?? '', facts, user.uid),
    }),
    judge('mounts.overlay', 'copy-on-write roots of containers', overlayProblem, {
      isUntried,
      fix: findOtherPlace(user),
    }),
    judge('mounts.project', 'the project’s files, with their owner, in containers', projectProblem, {
      isUntried: isUntried || overlayProblem !== undefined,
      fix: 'Keep projects on ext4, xfs or btrfs (Linux 5.12 or newer), or work as the normal user who owns them.',
    }),
    checkLimits(probe.hasLimits, user),
  ];
}

function describeClosed(folder: string | undefined): string | undefined {
  return folder === undefined ? undefined : `others may not enter ${folder}, and its group is not in the user’s map`;
}

/** Limits of containers as a whole, by control groups. */
function checkLimits(hasLimits: boolean, user: User): Requirement {
  const common = { id: 'limits.cgroups', purpose: 'memory and processor limits of containers' };
  if (hasLimits) return { ...common, state: 'ok', found: 'enforced' };
  const delegation = user.uid === 0 ? undefined : explainDelegation(user);
  const fix =
    delegation === undefined
      ? 'Run Devstead where /sys/fs/cgroup is mounted for writing.'
      : asRoot(delegation.command, delegation.isForRoot ? user.uid : 0);
  const found = 'control groups cannot be written: memory limits hold for each process, processor limits not at all';
  return { ...common, state: 'warn', found, fix };
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
