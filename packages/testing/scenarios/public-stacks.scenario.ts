import { describe } from 'vitest';
import { describeStacks, publicStacks } from '../src/public-stacks.ts';
import { useHome } from '../src/use-home.ts';

describe('stacks of the public registry', () => {
  describeStacks(publicStacks, useHome());
});
