import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listDevfiles } from './load-environment.ts';
import { TestRepository } from './test-workspace.fixture.ts';

describe('listDevfiles', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  const list = (): Promise<readonly string[]> =>
    listDevfiles(repository.io(), join(repository.folder, 'devfile.yaml'), { variables: {}, isOffline: false });

  it('names the devfile and the files it builds on, with theirs', async () => {
    const devfile = repository.write('devfile.yaml', 'schemaVersion: 2.2.2\nparent: {uri: base/a.yaml}\n');
    const parent = repository.write('base/a.yaml', 'schemaVersion: 2.2.2\nparent: {uri: b.yaml}\n');
    const grandparent = repository.write('base/b.yaml', 'schemaVersion: 2.2.2\nvariables: {a: b}\n');
    expect(await list()).toEqual([devfile, parent, grandparent]);
    expect(await list()).toEqual([devfile, parent, grandparent]);
  });

  it.each([
    'schemaVersion: 2.2.2\nmetadata: {name: a}\n',
    'schemaVersion: 2.2.2\nparent: {uri: none.yaml}\n',
    'schemaVersion: 2.2.2\nparent: {uri: "https://devfiles.example/a.yaml"}\n',
    '[',
  ])('names the devfile alone for %j', async (text) => {
    const devfile = repository.write('devfile.yaml', text);
    expect(await list()).toEqual([devfile]);
  });

  it('names a devfile that is gone all the same', async () => {
    const io = repository.io();
    expect(await listDevfiles(io, '/nowhere/devfile.yaml', { variables: {}, isOffline: false })).toEqual([
      '/nowhere/devfile.yaml',
    ]);
  });
});
