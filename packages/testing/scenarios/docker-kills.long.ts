import { describeKillRounds } from '../src/kills/describe-kill-rounds.ts';
import { engineWorkspace } from '../src/kills/engine-kills.ts';

describeKillRounds(100, engineWorkspace('docker'));
