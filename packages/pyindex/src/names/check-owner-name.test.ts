import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../refusal.ts';
import { checkOwnerName } from './check-owner-name.ts';

test.each(['alice', 'a', 'Bob.Smith', 'me@example.com', 'x_y-z', 'jürgen', '李', '0'])('%j is a name', (name) => {
  expect(() => checkOwnerName('username', name)).not.toThrow();
});

test.each([
  '',
  'al ice',
  'a/b',
  '..',
  '.',
  'a+b',
  'a:b',
  'a\u0000',
  'a\n',
  'a,b',
  'a%2f',
  'ａlice',
  'a\u200bb',
  'a\u202eb',
  '\u00a0a',
  'x'.repeat(101),
  'a\\b',
  '-',
])('%j is none', (name) => {
  expect(() => checkOwnerName('username', name)).toThrow(Refusal);
});

test('the message is the one of devpi', () => {
  expect(() => checkOwnerName('username', 'al ice')).toThrow(
    "username 'al ice' contains characters that aren't allowed. Any ascii symbol besides -.@_ is blocked.",
  );
});

test('whatever passes is safe as one segment of a path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (name) => {
      try {
        checkOwnerName('username', name);
      } catch {
        return;
      }
      expect(name).not.toMatch(/[/\\\u0000+:%?#\s]/);
      expect(['.', '..']).not.toContain(name);
      expect(new URL(`http://x/${encodeURIComponent(name)}/y`).pathname).toMatch(/^\/[^/]+\/y$/);
    }),
  );
});
