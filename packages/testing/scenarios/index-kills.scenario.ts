import { describeIndexKills } from '../src/python/describe-index-kills.ts';

describeIndexKills(5);
