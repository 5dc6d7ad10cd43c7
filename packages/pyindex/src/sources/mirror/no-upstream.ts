import type { PackageSource } from '../../source.ts';
import { SourceFailure } from '../../source-failure.ts';

/** A mirror that mirrors nothing: neither it nor the server has an upstream. */
export function noUpstream(index: string): PackageSource {
  const fail = (): Promise<never> =>
    Promise.reject(new SourceFailure('upstream-unreachable', `${index} has no upstream: set its mirror_url`));
  return { listProjects: fail, readProject: fail, openFile: fail };
}
