import type { Container, Environment } from '@devstead/environment';
import { describe, expect, it } from 'vitest';
import { changeService, type ServiceChange } from './change-service.ts';

const environment = {
  volumes: [{ name: 'data', ephemeral: false }],
  containers: [
    {
      name: 'web',
      mounts: [{ volume: 'data', path: '/data' }],
      service: {
        binds: [{ source: '/shop', path: '/app', readOnly: false, createSource: true }],
        tmpfs: [{ path: '/tmp' }],
        capAdd: [],
        capDrop: [],
        labels: [],
        ports: [{ target: 80, protocol: 'tcp' }],
      },
    },
    { name: 'db', mounts: [], service: { ports: [] } },
  ],
} as unknown as Environment;

const nothing: ServiceChange = { publish: [], volume: [], capAdd: [], capDrop: [], label: [] };

function change(parts: Partial<ServiceChange>): { readonly web: Container; readonly volumes: readonly string[] } {
  const { containers, volumes } = changeService(environment, 'web', { ...nothing, ...parts }, '/here');
  const [web] = containers;
  if (web === undefined) throw new Error('there is no web');
  return { web, volumes: volumes.map(({ name }) => name) };
}

describe('a service for one command', () => {
  it('is as it was where nothing is given', () => {
    expect(changeService(environment, 'web', nothing, '/here')).toEqual(environment);
  });

  it('has mounts that take the place of its own at the same path', () => {
    const { web, volumes } = change({ volume: ['./src:/app:ro', 'cache:/tmp', '/data', 'data:/more/'] });
    expect(web.service?.binds).toEqual([{ source: '/here/src', path: '/app', readOnly: true, createSource: true }]);
    expect(web.service?.tmpfs).toEqual([]);
    expect(web.mounts).toEqual([
      { volume: 'cache', path: '/tmp' },
      { volume: 'run-data', path: '/data' },
      { volume: 'data', path: '/more' },
    ]);
    expect(volumes).toEqual(['data', 'cache', 'run-data']);
  });

  it('publishes what is given in place of its own ports', () => {
    expect(change({ publish: ['127.0.0.1:8081:5000', '53/udp'] }).web.service?.ports).toEqual([
      { hostIp: '127.0.0.1', target: 5000, published: '8081', protocol: 'tcp' },
      { target: 53, protocol: 'udp' },
    ]);
  });

  it('has further capabilities and labels', () => {
    const { web } = change({ capAdd: ['NET_ADMIN'], capDrop: ['ALL'], label: ['a=b=c', 'd'] });
    expect(web.service).toMatchObject({
      capAdd: ['NET_ADMIN'],
      capDrop: ['ALL'],
      labels: [
        { name: 'a', value: 'b=c' },
        { name: 'd', value: '' },
      ],
    });
  });

  it.each<Partial<ServiceChange>>([
    { volume: ['a:b'] },
    { volume: ['a:/b:ro:x'] },
    { volume: [''] },
    { publish: ['x'] },
    { publish: ['1:2:3:4:5'] },
    { publish: ['99999'] },
  ])('is not read from %j', (parts) => {
    expect(() => change(parts)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
