import { describe } from 'vitest';
import { describeApply } from './contract/apply.ts';
import type { OpenRuntime } from './contract/contract-session.ts';
import { describeDedicated } from './contract/dedicated.ts';
import { describeExec } from './contract/exec.ts';
import { describeIsolation } from './contract/isolation.ts';
import { describeLifecycle } from './contract/lifecycle.ts';
import { describeLogs } from './contract/logs.ts';
import { describeNetwork } from './contract/network.ts';
import { describeReadiness } from './contract/readiness.ts';
import { describeResources } from './contract/resources.ts';

/**
 * What every runtime must do, as tests over the `Runtime` interface: plans are made by the planner and carried out by
 * the runtime under test, then the containers themselves are asked. Terminals need a process of their own and are
 * tested through the command line.
 */
export function describeRuntimeContract(name: string, openRuntime: OpenRuntime): void {
  describe(`runtime contract: ${name}`, () => {
    describeLifecycle(openRuntime);
    describeExec(openRuntime);
    describeIsolation(openRuntime);
    describeLogs(openRuntime);
    describeReadiness(openRuntime);
    describeNetwork(openRuntime);
    describeDedicated(openRuntime);
    describeApply(openRuntime);
    describeResources(openRuntime);
  });
}
