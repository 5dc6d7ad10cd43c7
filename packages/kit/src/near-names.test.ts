import { describe, expect, it } from 'vitest';
import { findNearestName, findNearNames } from './near-names.ts';

describe('findNearestName', () => {
  it.each([
    ['nmae', ['name', 'value'], 'name'],
    ['memroyLimit', ['memoryLimit', 'memoryRequest'], 'memoryLimit'],
    ['Image', ['image'], 'image'],
    ['test', ['rest', 'tset', 'test'], 'test'],
    ['x', ['name'], undefined],
    ['app', ['my-app'], undefined],
    ['custom', ['container', 'volume'], undefined],
    ['a'.repeat(1000), ['a'.repeat(1000)], undefined],
    ['name', [], undefined],
  ])('takes %s among %j for %s', (word, names, expected) => {
    expect(findNearestName(word, names)).toBe(expected);
  });
});

describe('findNearNames', () => {
  it.each([
    ['bulid', ['run', 'build'], ['build']],
    ['memorylimit', ['app.memoryLimitBytes', 'memoryLimit', 'cpu'], ['memoryLimit', 'app.memoryLimitBytes']],
    ['app', ['my-long-app', 'my-app', 'app'], ['app', 'my-app', 'my-long-app']],
    ['run', ['run-a', 'run-b', 'run-c', 'run-d'], ['run-a', 'run-b', 'run-c']],
    ['ab', ['xxabxx'], []],
    ['run', [], []],
  ])('finds near %s among %j: %j', (word, names, expected) => {
    expect(findNearNames(word, names)).toEqual(expected);
  });
});
