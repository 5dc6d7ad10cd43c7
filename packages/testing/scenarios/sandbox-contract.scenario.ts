import { openRuntime } from '@devstead/runtime';
import { describeRuntimeContract } from '../src/runtime-contract.ts';

describeRuntimeContract('sandbox', openRuntime);
