import { describe, expect, it } from 'vitest';
import { resolvePlainScalar } from './resolve-scalar.ts';

describe('resolvePlainScalar', () => {
  it.each([
    ['yes', true],
    ['Y', true],
    ['on', true],
    ['off', false],
    ['n', false],
    ['No', false],
    ['yEs', 'yEs'],
    ['', null],
    ['~', null],
    ['Null', null],
    ['0120', 80],
    ['-010', -8],
    ['0o17', 15],
    ['0x1F', 31],
    ['0b101', 5],
    ['09', 9],
    ['0b2', '0b2'],
    ['1_000', 1000],
    ['+5', 5],
    ['-0', -0],
    ['1:20', '1:20'],
    ['2020-01-01', '2020-01-01'],
    ['1.0', 1],
    ['.5', 0.5],
    ['5.', 5],
    ['1e-1', 0.1],
    ['e1', 'e1'],
    ['.', '.'],
    ['.e1', '.e1'],
    ['1e', '1e'],
    ['-', '-'],
    ['1.2.3', '1.2.3'],
    ['512Mi', '512Mi'],
    ['1e999', '1e999'],
    ['9'.repeat(400), '9'.repeat(400)],
    ['.inf', Number.POSITIVE_INFINITY],
    ['-.INF', Number.NEGATIVE_INFINITY],
    ['.NaN', Number.NaN],
    ['toString', 'toString'],
  ])('reads %s as %s', (source, value) => {
    expect(resolvePlainScalar(source)).toBe(value);
  });
});
