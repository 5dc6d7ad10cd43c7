export { FakeIo, KeptOutput } from './fake-io.ts';
export { findDockerCompose } from './find-docker-compose.ts';
export { findRemains, type Inventory, takeInventory } from './machine-inventory.ts';
export { type DevsteadCall, type Finished, RunningDevstead } from './run-devstead.ts';
export { describeRuntimeContract } from './runtime-contract.ts';
export { ScenarioHome } from './scenario-home.ts';
