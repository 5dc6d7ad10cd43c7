import { describeKillRounds } from '../src/kills/describe-kill-rounds.ts';
import { threeTier } from '../src/kills/three-tier-kills.ts';

describeKillRounds(100, threeTier);
