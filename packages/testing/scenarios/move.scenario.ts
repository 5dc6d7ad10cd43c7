import { describeMove } from '../src/engines/describe-move.ts';

describeMove('docker', { startsThere: false, kills: 0 });
