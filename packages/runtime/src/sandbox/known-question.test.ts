import { describe, expect, it } from 'vitest';
import { findKnownQuestion } from './known-question.ts';

describe('findKnownQuestion', () => {
  it('knows the check of PostgreSQL at a port of the container', () => {
    const argv = ['pg_isready', '-q', '-h', '127.0.0.1', '-p', '5432'];
    expect(findKnownQuestion(argv, [5432])).toEqual({ protocol: 'postgresql', port: 5432 });
    expect(findKnownQuestion(argv, [5433])).toBeUndefined();
  });

  it('knows the check of Redis at its usual port only', () => {
    expect(findKnownQuestion(['redis-ready'], [6379])).toEqual({ protocol: 'redis', port: 6379 });
    expect(findKnownQuestion(['redis-ready'], [6380])).toBeUndefined();
  });

  it.each([
    [['pg_isready']],
    [['pg_isready', '-U', 'app', '-h', '127.0.0.1', '-p', '5432']],
    [['pg_isready', '-h', 'db', '-p', '5432']],
    [['sh', '-c', 'redis-ready']],
    [['redis-ready', '--tls']],
    [[]],
  ])('leaves %j to the container', (argv) => {
    expect(findKnownQuestion(argv, [5432, 6379])).toBeUndefined();
  });
});
