import { describeKillRounds } from '../src/kills/describe-kill-rounds.ts';
import { engineWorkspace } from '../src/kills/engine-kills.ts';

describeKillRounds(2, engineWorkspace('docker'));
