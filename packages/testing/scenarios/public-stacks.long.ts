import { describe } from 'vitest';
import { describeStacks, listOtherVersions } from '../src/public-stacks.ts';
import { useHome } from '../src/use-home.ts';

describe('the other versions of the stacks of the public registry', () => {
  describeStacks(listOtherVersions(), useHome());
});
