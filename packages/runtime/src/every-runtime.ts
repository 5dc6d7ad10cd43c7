/**
 * What every runtime keeps of its containers and asks of the machine, whatever they run on. It lies with the sandbox, which
 * was there first; a runtime imports no other one.
 */
export { addAnswer, type HealthAnswer, readHealth, writeHealth } from './sandbox/health.ts';
export { listImageDigests, readImage } from './sandbox/image-layers.ts';
export { findInitPrograms } from './sandbox/init-programs.ts';
export { readJsonFile, writeJsonFile } from './sandbox/json-file.ts';
export { lookUpUser } from './sandbox/look-up-user.ts';
export { readMadeContainer, tolerate } from './sandbox/observe.ts';
export { fileCopy } from './sandbox/oci-config.ts';
export { type WorkspacePaths, workspacePaths } from './sandbox/paths.ts';
export { readProcessLimits } from './sandbox/process-limits.ts';
export { type LogLine, LogParser, logLimitBytes } from './sandbox/read-logs.ts';
export { waitForEnd } from './sandbox/reap.ts';
export { countFailures, isToRestart, restartDelayMs } from './sandbox/restart-policy.ts';
export { type RestartRecord } from './sandbox/restart-record.ts';
export { runEventCommand } from './sandbox/run-event-command.ts';
export { machineProcessEnv } from './sandbox/sandbox-context.ts';
export type { MadeContainer } from './sandbox/start-container.ts';
export { openIdMap } from './sandbox/state-id-map.ts';
export { type OpenPort, openPort } from './sandbox/supervisor/open-port.ts';
