import { openContainerRuntime } from '@devstead/runtime';
import { afterAll, beforeAll, describe } from 'vitest';
import type { EngineUnderTest, OpenRuntime } from '../contract/contract-session.ts';
import { describeRuntimeContract } from '../runtime-contract.ts';
import { type EngineKind, explainMissingEngine, PrivateEngine } from './private-engine.ts';

/** The contract of runtimes over an engine of its own, started for it and ended after. */
export function describeEngineContract(kind: EngineKind): void {
  const missing = explainMissingEngine(kind);
  describe.skipIf(missing !== undefined)(`an engine of its own: ${missing ?? kind}`, () => {
    let engine: PrivateEngine | undefined;
    const running = (): PrivateEngine => {
      if (engine === undefined) throw new Error(`${kind} was not started`);
      return engine;
    };
    beforeAll(async () => {
      engine = await PrivateEngine.start(kind);
    });
    afterAll(async () => {
      await engine?.remove();
    });
    const under: EngineUnderTest = {
      get variables() {
        return running().variables;
      },
      restart: async () => {
        await running().kill();
        await running().begin();
      },
      readVersion: () => running().readVersion(),
      machine: { findAddress: () => running().findAddress(), hold: (address) => running().hold(address) },
    };
    const open: OpenRuntime = Object.assign(openContainerRuntime.bind(undefined), { engine: under });
    describeRuntimeContract(kind, open);
  });
}
