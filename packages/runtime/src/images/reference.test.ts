import { describe, expect, it } from 'vitest';
import { parseReference, renderReference } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('parseReference', () => {
  it.each([
    ['postgres', 'docker.io/library/postgres:latest'],
    ['postgres:16-alpine', 'docker.io/library/postgres:16-alpine'],
    ['docker.io/postgres', 'docker.io/library/postgres:latest'],
    ['index.docker.io/library/redis:7', 'docker.io/library/redis:7'],
    ['aquasec/trivy:latest', 'docker.io/aquasec/trivy:latest'],
    ['Registry.Access.RedHat.com/ubi9/python-311', 'registry.access.redhat.com/ubi9/python-311:latest'],
    ['localhost/mine', 'localhost/mine:latest'],
    ['localhost:5000/a/b/c:v1', 'localhost:5000/a/b/c:v1'],
    ['127.0.0.1:5000/a', '127.0.0.1:5000/a:latest'],
    [`redis@${digest}`, `docker.io/library/redis@${digest}`],
    [`redis:7@${digest}`, `docker.io/library/redis:7@${digest}`],
    ['a/b__c-d.e_f:T.1-x_', 'docker.io/a/b__c-d.e_f:T.1-x_'],
  ])('%s is %s', (text, full) => {
    const reference = parseReference(text);
    expect(reference && renderReference(reference)).toBe(full);
    expect(parseReference(full)).toEqual(reference);
  });

  it.each([
    '',
    ' ',
    '/',
    ':',
    '@',
    'postgres:',
    'postgres@',
    ':latest',
    'Postgres',
    'a//b',
    '/a',
    'a/',
    '../../etc/passwd',
    'a/../b',
    'a:b:c',
    'reg:99999999/a',
    'a b',
    'a\nb',
    'a;rm -rf /',
    '$(id)',
    '--help',
    '-v',
    `a:${'t'.repeat(129)}`,
    'a@sha256:abc',
    `a@${digest}@${digest}`,
    `a@SHA256:${'A'.repeat(64)}`,
    'http://registry.example.com/a',
    'user:password@registry.example.com/a',
    'a'.repeat(600),
    'é',
    'a\u0000',
    '.a',
    'a.',
    'a/-b',
  ])('refuses %j', (text) => expect(parseReference(text)).toBeUndefined());

  it('takes hostile lengths in linear time', () => {
    const started = process.cpuUsage();
    parseReference(`${'a-'.repeat(255)}!`);
    parseReference(`${'a.'.repeat(250)}/b:`);
    parseReference('a'.repeat(1_000_000));
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(100);
  });
});
