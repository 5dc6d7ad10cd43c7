import { describeKillRounds } from '../src/describe-kill-rounds.ts';

describeKillRounds(100);
