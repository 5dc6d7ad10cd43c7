import { cacheAndTools } from '../src/kills/cache-and-tools.ts';
import { describeKillRounds } from '../src/kills/describe-kill-rounds.ts';

describeKillRounds(10, cacheAndTools);
