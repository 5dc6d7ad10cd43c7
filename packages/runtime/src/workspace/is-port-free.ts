import type { Socket } from 'node:dgram';
import { createServer } from 'node:net';

/** True when a port of this machine can be opened. */
export async function isPortFree(port: number, host: string, protocol: 'tcp' | 'udp' = 'tcp'): Promise<boolean> {
  const socket = protocol === 'udp' ? await openDatagramSocket(host) : createServer();
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false));
    const done = (): void => void socket.close(() => resolve(true));
    if ('bind' in socket) socket.bind({ address: host, port, exclusive: true }, done);
    else socket.listen({ host, port, exclusive: true }, done);
  });
}

/** A socket for datagrams, not yet bound. Few ports are of these: what they need is loaded for them alone. */
export async function openDatagramSocket(host: string): Promise<Socket> {
  const { createSocket } = await import('node:dgram');
  return createSocket(host.includes(':') ? 'udp6' : 'udp4');
}
