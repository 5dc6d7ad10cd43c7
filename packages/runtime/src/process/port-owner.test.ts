import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import { describePortOwner } from './port-owner.ts';

async function listen(host: string): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

describe('the owner of a port', () => {
  it('is named by its number and command line', async () => {
    const { server, port } = await listen('127.0.0.1');
    expect(describePortOwner(port)).toMatch(new RegExp(`^process ${process.pid} \\(.+\\)$`));
    server.close();
    await once(server, 'close');
    expect(describePortOwner(port)).toBeUndefined();
  });

  it('is found on IPv6 addresses too', async (context) => {
    const opened = await listen('::1').catch(() => undefined);
    if (opened === undefined) return context.skip('the machine has no IPv6 loopback address');
    expect(describePortOwner(opened.port)).toContain(`process ${process.pid} `);
    opened.server.close();
  });
});
