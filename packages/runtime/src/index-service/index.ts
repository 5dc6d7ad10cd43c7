/** What serving the package index of a state folder needs of the machine: small, so that it starts quickly. */

export { describePortOwner } from '../process/port-owner.ts';
export { runProcess } from '../process/run-process.ts';
export { type Lock, readLockOwner, takeLock } from '../workspace/lock.ts';
export { indexFolder, indexSocket } from './index-place.ts';
export { endIndexOnDemand, hasRunningWorkspaces, recordIndexFailure, recordIndexService } from './index-service.ts';
