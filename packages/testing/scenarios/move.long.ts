import { describeMove } from '../src/engines/describe-move.ts';

describeMove('docker', { startsThere: true, kills: 12 });
describeMove('podman', { startsThere: true, kills: 12 });
