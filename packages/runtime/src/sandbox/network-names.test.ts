import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workspacePaths } from '../state/paths.ts';
import { fitsNetwork, forgetContainer, type Named, nameContainers } from './network-names.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { readSandboxState } from './sandbox-state.ts';
import { meetingPlace } from './subnet.ts';

const met = (address: string) => ({ network: '', address });
const apart = (name: string) => ({ name, dedicated: true }) as const;

describe('names of containers', () => {
  let root = '';
  let context: SandboxContext;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'devstead-names-'));
    // Of all that a context has, naming uses these three.
    context = { paths: workspacePaths(root), hostname: 'shop', settings: {} } as SandboxContext;
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const read = (...path: string[]): string => readFileSync(join(context.paths.files, ...path), 'utf8');
  const hosts = (...path: string[]): string[] =>
    read(...path, 'hosts')
      .trimEnd()
      .split('\n')
      .slice(2);
  const addresses = (): unknown => readSandboxState(context.paths)?.networks;

  it('stand for localhost where the network is shared, and for addresses elsewhere', () => {
    nameContainers(context, [{ name: 'web' }, apart('db'), { name: 'tools' }, apart('queue')]);
    const own = ['10.0.2.130 db', '10.0.2.131 queue'];
    expect(hosts()).toEqual(['127.0.0.1 shop web tools', ...own]);
    for (const name of ['db', 'queue']) {
      expect(hosts('dedicated', name)).toEqual([`${meetingPlace.bridgeAddress} shop web tools`, ...own]);
      expect(read('dedicated', name, 'hostname')).toBe(`${name}\n`);
      expect(read('dedicated', name, 'resolv.conf')).toBe(read('resolv.conf'));
    }
    expect(read('hostname')).toBe('shop\n');
  });

  it('are joined by that of the package index, where there is one', () => {
    const index = { variables: [], relay: { command: [], env: [] } };
    nameContainers({ ...context, settings: { ...context.settings, index } }, [{ name: 'web' }, apart('db')]);
    expect(hosts().at(-1)).toBe('127.0.31.41 index.devstead.internal');
    expect(hosts('dedicated', 'db').at(-1)).toBe(`${meetingPlace.bridgeAddress} index.devstead.internal`);
  });

  it('have others beside them', () => {
    nameContainers(context, [{ name: 'web' }, { name: 'mysql', aliases: ['db', 'store'] }]);
    expect(hosts()).toEqual(['127.0.0.1 shop web mysql db store']);
    nameContainers(context, [
      { name: 'mysql', aliases: ['db'] },
      { ...apart('queue'), aliases: ['jobs'] },
    ]);
    expect(hosts()).toEqual(['127.0.0.1 shop web mysql db', '10.0.2.130 queue jobs']);
    forgetContainer(context, 'mysql');
    expect(hosts()[0]).toBe('127.0.0.1 shop web');
  });

  it('stay what they are, in the same files, when others come and go', () => {
    nameContainers(context, [apart('a'), apart('b'), { name: 'web' }]);
    const { ino } = statSync(join(context.paths.files, 'hosts'));
    forgetContainer(context, 'a');
    nameContainers(context, [apart('b'), apart('c')]);
    expect(addresses()).toEqual({ b: { cables: [met('10.0.2.131')] }, c: { cables: [met('10.0.2.130')] } });
    expect(hosts()).toEqual(['127.0.0.1 shop web', '10.0.2.131 b', '10.0.2.130 c']);
    expect(statSync(join(context.paths.files, 'hosts')).ino).toBe(ino);
    expect(statSync(join(context.paths.files, 'hosts')).mode & 0o777).toBe(0o644);
  });

  it('change with the side a container is on', () => {
    nameContainers(context, [apart('db'), { name: 'web' }]);
    nameContainers(context, [{ name: 'db' }]);
    expect(addresses()).toEqual({});
    expect(hosts()).toEqual(['127.0.0.1 shop web db']);
    nameContainers(context, [apart('db')]);
    expect(hosts()).toEqual(['127.0.0.1 shop web', '10.0.2.130 db']);
  });

  it('are the container’s own before they are the workspace’s', () => {
    nameContainers(context, [apart('shop')]);
    expect(hosts()).toEqual(['10.0.2.130 shop']);
  });

  it('are as many as there are addresses', () => {
    const count = meetingPlace.last - meetingPlace.first + 1;
    const all = Array.from({ length: count }, (_, index) => apart(`c${index}`));
    nameContainers(context, all);
    expect(Object.keys(readSandboxState(context.paths)?.networks ?? {})).toHaveLength(count);
    expect(() => nameContainers(context, [apart('more')])).toThrowError(
      expect.objectContaining({ code: 'MACHINE_LACKS' }),
    );
  });

  const web = {
    name: 'web',
    networks: [
      { network: 'front', aliases: ['www'] },
      { network: 'back', aliases: [] },
    ],
  };
  const db = { name: 'db', networks: [{ network: 'back', aliases: ['postgres'] }] };
  const proxy = { name: 'proxy', networks: [{ network: 'front', aliases: [] }] };

  it('are known in the networks that containers share, and in no other', () => {
    nameContainers(context, [web, db, proxy]);
    expect(readSandboxState(context.paths)?.subnets).toEqual({ front: '10.89.0.0/24', back: '10.89.1.0/24' });
    const [front, back] = ['10.89.0.2 web www', '10.89.1.2 web'];
    expect(hosts('dedicated', 'web')).toEqual([front, back, '10.89.1.3 db postgres', '10.89.0.3 proxy']);
    expect(hosts('dedicated', 'db')).toEqual([back, '10.89.1.3 db postgres']);
    expect(hosts('dedicated', 'proxy')).toEqual([front, '10.89.0.3 proxy']);
    expect(hosts()).toEqual(['127.0.0.1 shop']);
  });

  it('have the addresses, subnets, host names and lines that are asked for', () => {
    const own = { network: 'own', aliases: [], subnet: '172.28.0.0/16' };
    nameContainers(context, [
      { name: 'first', networks: [own] },
      {
        name: 'fixed',
        networks: [{ ...own, address: '172.28.0.2' }],
        hostname: 'fixed-host',
        extraHosts: [{ name: 'api.local', address: '10.1.2.3' }],
        resolver: ['nameserver 9.9.9.9'],
      },
    ]);
    const fixed = '172.28.0.2 fixed fixed-host';
    expect(hosts('dedicated', 'first')).toEqual([fixed, '172.28.0.3 first']);
    expect(hosts('dedicated', 'fixed')).toEqual([fixed, '172.28.0.3 first', '10.1.2.3 api.local']);
    expect(read('dedicated', 'fixed', 'hostname')).toBe('fixed-host\n');
    expect(read('dedicated', 'fixed', 'resolv.conf')).toBe('nameserver 9.9.9.9\n');
  });

  it('fit a container until its networks change', () => {
    const fits = (spec: Named): boolean => {
      const own = nameContainers(context, [web]).networks?.['web'];
      return own !== undefined && fitsNetwork(own, spec);
    };
    expect(fits(web)).toBe(true);
    expect(fits({ ...web, networks: web.networks.slice(0, 1) })).toBe(false);
    expect(fits({ ...web, networks: [{ network: 'front', aliases: [] }, ...web.networks.slice(1)] })).toBe(false);
    expect(
      fits({
        ...web,
        networks: [
          { ...web.networks[0], network: 'front', aliases: ['www'], address: '10.89.0.9' },
          ...web.networks.slice(1),
        ],
      }),
    ).toBe(false);
    expect(fits({ ...web, extraHosts: [{ name: 'a', address: '10.0.0.1' }] })).toBe(false);
    expect(fits({ name: 'web', dedicated: true })).toBe(false);
  });

  it('are none for a container that shares the network of another', () => {
    nameContainers(context, [web, { name: 'sidecar', networkOf: 'web' }]);
    expect(Object.keys(readSandboxState(context.paths)?.networks ?? {})).toEqual(['web']);
    expect(hosts()).toEqual(['127.0.0.1 shop']);
  });
});
