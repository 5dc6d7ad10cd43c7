import { describe } from 'vitest';
import { describeApply } from './contract/apply.ts';
import { describeCommands } from './contract/commands.ts';
import type { OpenRuntime } from './contract/contract-session.ts';
import { describeDedicated } from './contract/dedicated.ts';
import { describeExec } from './contract/exec.ts';
import { describeIsolation } from './contract/isolation.ts';
import { describeLifecycle } from './contract/lifecycle.ts';
import { describeLogs } from './contract/logs.ts';
import { describeNetwork } from './contract/network.ts';
import { describeReadiness } from './contract/readiness.ts';
import { describeRecovery } from './contract/recovery.ts';
import { describeResources } from './contract/resources.ts';

/**
 * What every runtime must do, as tests over the `Runtime` interface: plans are made by the planner and carried out by
 * the runtime under test, then the containers themselves are asked.
 * What needs a process of its own, such as a terminal, goes through the command line.
 */
export function describeRuntimeContract(name: string, openRuntime: OpenRuntime): void {
  describe(`runtime contract: ${name}`, () => {
    describeLifecycle(openRuntime);
    describeExec(openRuntime);
    describeCommands(openRuntime);
    describeIsolation(openRuntime);
    describeLogs(openRuntime);
    describeReadiness(openRuntime);
    describeNetwork(openRuntime);
    describeDedicated(openRuntime);
    describeApply(openRuntime);
    describeResources(openRuntime);
    describeRecovery(openRuntime);
  });
}
