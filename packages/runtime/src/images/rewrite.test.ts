import { describe, expect, it } from 'vitest';
import { listRecipes } from './recipe.ts';
import { standInFor } from './rewrite.ts';
import type { Recipe } from './types.ts';

const recipes = await listRecipes();
const recipeFor = (image: string): string | undefined => standInFor(image, recipes)?.recipe.name;

describe('standInFor, with the recipes that are there', () => {
  it.each([
    ['registry.access.redhat.com/ubi9/python-311:latest', 'python'],
    ['registry.access.redhat.com/ubi9/python-311', 'python'],
    ['registry.access.redhat.com/ubi9/python-311@sha256:' + '0'.repeat(64), 'python'],
    ['registry.redhat.io/rhel9/postgresql-15:latest', 'postgresql'],
    ['registry.redhat.io/rhel9/redis-7:latest', 'redis'],
    ['aquasec/trivy:latest', 'scanner'],
    ['docker.io/aquasec/trivy:0.50.0', 'scanner'],
    ['quay.io/eclipse/che-python-3.8:ce0526f', 'python-che'],
    ['quay.io/eclipse/che-nodejs10-ubi:ce0526f', 'node'],
    ['python:3.11', 'python'],
    ['python:3.12-slim', 'python-slim'],
    ['docker.io/library/python:3.13-slim-bookworm', 'python-slim'],
    ['python:3.13.1-slim', 'python-slim'],
    ['docker.io/python:3.11.9', 'python'],
    ['python:3.12-alpine', 'python'],
    ['python:slim', 'python-slim'],
    ['python:slim-bookworm', 'python-slim'],
    ['gcr.io/distroless/python3-debian12', 'python-minimal'],
    ['gcr.io/distroless/python3-debian12:nonroot-amd64', 'python-minimal'],
    ['gcr.io/distroless/python3-debian12:debug-nonroot', 'python-slim'],
    ['cgr.dev/chainguard/python', 'python-minimal'],
    ['cgr.dev/chainguard/python:latest-dev', 'python-slim'],
    ['gcr.io/distroless/static-debian12:nonroot', 'minimal'],
    ['gcr.io/distroless/base:latest', 'minimal'],
    ['cgr.dev/chainguard/static', 'minimal'],
    ['postgres', 'postgresql'],
    ['postgres:15-alpine', 'postgresql'],
    ['docker.io/library/postgres:16', 'postgresql'],
    ['redis', 'redis'],
    ['redis:7-alpine', 'redis'],
    ['docker.io/library/redis:7.2', 'redis'],
    ['registry.access.redhat.com/ubi9/python-39:1-1784840643', 'python-build'],
    ['registry.redhat.io/rhel9/python-312:latest', 'python-build'],
    ['python:3.9', 'python-build'],
    ['python:3.10-slim', 'python-build'],
    ['registry.access.redhat.com/ubi8/nodejs-16:1-153', 'node'],
    ['registry.access.redhat.com/ubi8/nodejs-18:1-140', 'node'],
    ['registry.access.redhat.com/ubi9/nodejs-20-minimal', 'node'],
    ['node:18', 'node'],
    ['node:18.19-bookworm-slim', 'node'],
    ['docker.io/library/node:20-alpine', 'node'],
    ['nginx', 'nginx'],
    ['nginx:1.27-alpine', 'nginx'],
    ['docker.io/library/nginx:stable', 'nginx'],
    ['registry.access.redhat.com/ubi9/nginx-124:latest', 'nginx-ubi'],
    ['registry.redhat.io/rhel8/nginx-122', 'nginx-ubi'],
  ])('%s is stood in for by %s', (image, recipe) => expect(recipeFor(image)).toBe(recipe));

  it.each([
    'python:2.7',
    'python:3.1',
    'python:3.8-slim',
    'node:12',
    'node:22',
    'node:latest',
    'gcr.io/distroless/static-debian12:debug',
    'cgr.dev/chainguard/python:3.9',
    'nginxinc/nginx-unprivileged',
    'evil.example.com/library/python:3.11',
    'someone/postgres:15',
    'registry.access.redhat.com/ubi9/python-3111',
    'nothing-of-the-kind',
    'not an image',
    '',
  ])('nothing stands in for %j', (image) => expect(standInFor(image, recipes)).toBeUndefined());

  it('takes the row that says most of the image, and among equals the first', () => {
    const [any] = recipes;
    if (any === undefined) throw new Error('there are recipes');
    const made = (name: string, ...rows: string[]): Recipe => ({ ...any, name, standsInFor: rows });
    const some = [made('a', 'thing', 'other:1.*'), made('b', 'thing:1.*', 'other:1.*'), made('c', 'thing:1.2')];
    const find = (image: string): string | undefined => standInFor(image, some)?.recipe.name;
    expect(['thing:2', 'thing:1.3', 'thing:1.2', 'other:1.2'].map(find)).toEqual(['a', 'b', 'c', 'a']);
  });

  it('says what stands in for what', () => {
    const reason = standInFor('python:3.12', recipes)?.reason ?? '';
    expect(reason).toContain('python');
    expect(reason).toContain('docker.io/library/python:3.12');
    expect(reason).toContain('3.11');
  });

  it('lets the configuration win over the recipes, and passes over rows that name no recipe', () => {
    const rows = [
      { image: 'postgres', recipe: 'no-such-recipe' },
      { image: 'registry.example.com/team/db:1.*', recipe: 'postgresql' },
      { image: 'redis:6*alpine', recipe: 'scanner' },
    ];
    const find = (image: string): string | undefined => standInFor(image, recipes, rows)?.recipe.name;
    expect(find('registry.example.com/team/db:1.7')).toBe('postgresql');
    expect(find('registry.example.com/team/db:2.0')).toBeUndefined();
    expect(find('redis:6.2-alpine')).toBe('scanner');
    expect(find('redis:7')).toBe('redis');
    expect(find('postgres:15')).toBe('postgresql');
  });
});
