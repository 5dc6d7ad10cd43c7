import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import {
  approveWorkspace,
  findWorkspace,
  identifyWorkspace,
  listWorkspaces,
  openWorkspace,
  readWorkspace,
  toWorkspaceName,
  updateWorkspace,
  type Workspace,
  workspaceId,
} from './workspace-record.ts';

/** A state folder, and a repository `code/shop` with a folder in it. */
function layOut(): {
  readonly state: string;
  readonly shop: string;
  readonly inner: string;
  readonly open: (name: string, folder?: string) => Workspace;
} {
  const root = realpathSync(makeTemporaryFolder());
  const shop = join(root, 'code', 'shop');
  const inner = join(shop, 'src', 'deep');
  mkdirSync(inner, { recursive: true });
  const state = join(root, 'state');
  return {
    state,
    shop,
    inner,
    open: (name, folder = shop) => openWorkspace(state, { name, folder, devfile: join(folder, 'devfile.yaml') }, 1000),
  };
}

describe('the name of a workspace', () => {
  it.each([
    ['shop', 'shop'],
    ['My Shop_2', 'my-shop-2'],
    ['--x--', 'x'],
    ['../../etc', 'etc'],
    ['äöü', 'workspace'],
    ['', 'workspace'],
    [`${'a'.repeat(47)}-b`, 'a'.repeat(47)],
  ])('made of %j is %j', (text, name) => {
    expect(toWorkspaceName(text)).toBe(name);
  });

  it('can stand in host names, paths and ids, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
        const name = toWorkspaceName(text);
        expect(name).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/);
        expect(toWorkspaceName(name)).toBe(name);
      }),
    );
  });
});

describe('the id of a workspace', () => {
  it('is its name and the hash of its folder', () => {
    expect(workspaceId('shop', '/home/me/shop')).toBe('shop-4a68c726');
    expect(workspaceId('shop', '/home/me/other')).not.toBe('shop-4a68c726');
  });
});

describe('a workspace', () => {
  it('is recorded once, and opened as it was', () => {
    const { state, shop, open } = layOut();
    const made = open('shop');
    expect(made.record).toEqual({
      format: 1,
      id: workspaceId('shop', shop),
      name: 'shop',
      folder: shop,
      devfile: join(shop, 'devfile.yaml'),
      createdAt: '1970-01-01T00:00:01.000Z',
      ports: {},
    });
    expect(statSync(made.paths.record).mode & 0o077).toBe(0);
    updateWorkspace(made, { ports: { http: 20_001 } });
    const again = openWorkspace(state, { name: 'shop', folder: shop, devfile: join(shop, 'devfile.yaml') }, 5000);
    expect(again.record).toMatchObject({ createdAt: '1970-01-01T00:00:01.000Z', ports: { http: 20_001 } });
  });

  it('follows its devfile to another file', () => {
    const { state, shop, open } = layOut();
    open('shop');
    const devfile = join(shop, '.devfile.yaml');
    openWorkspace(state, { name: 'shop', folder: shop, devfile }, 5000);
    expect(readWorkspace(state, workspaceId('shop', shop))?.record.devfile).toBe(devfile);
  });

  it('keeps what was agreed to', () => {
    const { state, open } = layOut();
    const { id } = approveWorkspace(open('shop'), { commit: 'abc', items: ['image python'] });
    expect(readWorkspace(state, id)?.record.approval).toEqual({ commit: 'abc', items: ['image python'] });
  });

  it('is undefined where there is none', () => {
    expect(readWorkspace(layOut().state, 'none-00000000')).toBeUndefined();
  });

  it('is refused when a newer version made it', () => {
    const { state, open } = layOut();
    const { id, paths, record } = open('shop');
    writeFileSync(paths.record, JSON.stringify({ ...record, format: 2 }));
    expect(() => readWorkspace(state, id)).toThrow(expect.objectContaining({ code: 'STATE_TOO_NEW' }));
  });

  it('is known by its id alone when its record is damaged', () => {
    const { state, open } = layOut();
    const { id, paths } = open('shop');
    writeFileSync(paths.record, readFileSync(paths.record, 'utf8').slice(0, 20));
    expect(readWorkspace(state, id)).toMatchObject({ id, name: 'shop', record: { folder: '' } });
    expect(open('shop').record.folder).not.toBe('');
    expect(JSON.parse(readFileSync(paths.record, 'utf8'))).toMatchObject({ id, name: 'shop', format: 1 });
  });

  it('can be identified without writing anything down', () => {
    const { state, shop } = layOut();
    const identity = { name: 'shop', folder: shop, devfile: join(shop, 'devfile.yaml') };
    const workspace = identifyWorkspace(state, identity, 1000);
    expect(workspace).toMatchObject({ id: workspaceId('shop', shop), record: identity });
    expect(existsSync(state)).toBe(false);
    const { record } = updateWorkspace(workspace, { ports: { http: 20_001 } });
    expect(readWorkspace(state, workspace.id)?.record).toEqual(record);
  });
});

describe('the list of workspaces', () => {
  it('is empty where nothing was made', () => {
    expect(listWorkspaces(layOut().state)).toEqual([]);
  });

  it('has all of them by name, and passes over folders that are none', () => {
    const { state, inner, open } = layOut();
    open('zoo');
    open('art', inner);
    mkdirSync(join(state, 'workspaces', 'half-made'));
    expect(listWorkspaces(state).map(({ name }) => name)).toEqual(['art', 'zoo']);
  });
});

describe('finding a workspace', () => {
  it('looks for a name or an id', () => {
    const { state, shop, open } = layOut();
    const { id } = open('shop');
    open('other');
    expect(findWorkspace(state, { name: 'shop', folder: '/' }).id).toBe(id);
    expect(findWorkspace(state, { name: id, folder: '/' }).name).toBe('shop');
    expect(() => findWorkspace(state, { name: 'sho', folder: shop })).toThrow(
      expect.objectContaining({ code: 'WORKSPACE_NOT_FOUND' }),
    );
  });

  it('looks for the nearest folder upwards, through links', () => {
    const { state, shop, inner, open } = layOut();
    const outer = open('shop');
    expect(findWorkspace(state, { folder: shop }).id).toBe(outer.id);
    expect(findWorkspace(state, { folder: inner }).id).toBe(outer.id);
    const nearer = open('deep', inner);
    expect(findWorkspace(state, { folder: inner }).id).toBe(nearer.id);
    expect(findWorkspace(state, { folder: join(inner, '..') }).id).toBe(outer.id);
    symlinkSync(inner, join(shop, '..', 'link'));
    expect(findWorkspace(state, { folder: join(shop, '..', 'link') }).id).toBe(nearer.id);
  });

  it('finds nothing above every workspace, and nothing where none was made', () => {
    const { state, shop, open } = layOut();
    const notFound = expect.objectContaining({ code: 'WORKSPACE_NOT_FOUND' });
    expect(() => findWorkspace(state, { folder: shop })).toThrow(notFound);
    open('shop');
    open('api');
    const named = expect.objectContaining({ code: 'WORKSPACE_NOT_FOUND', hint: expect.stringContaining('api, shop') });
    expect(() => findWorkspace(state, { folder: join(shop, '..') })).toThrow(named);
    expect(() => findWorkspace(state, { name: 'sho', folder: shop })).toThrow(named);
  });

  it('asks which is meant when several fit', () => {
    const { state, shop, inner, open } = layOut();
    open('one');
    open('two');
    open('one', inner);
    const several = expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('one-') });
    expect(() => findWorkspace(state, { folder: shop })).toThrow(several);
    expect(() => findWorkspace(state, { name: 'one', folder: shop })).toThrow(several);
    expect(findWorkspace(state, { name: workspaceId('one', shop), folder: inner }).record.folder).toBe(shop);
    expect(findWorkspace(state, { name: 'two', folder: inner }).name).toBe('two');
  });
});
