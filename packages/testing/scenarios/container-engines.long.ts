import { describeEngineContract } from '../src/engines/engine-contract.ts';

describeEngineContract('docker');
describeEngineContract('podman');
