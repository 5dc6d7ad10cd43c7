import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** True when a port of this machine can be opened. */
export function isPortFree(port: number, host: string, protocol: 'tcp' | 'udp' = 'tcp'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = protocol === 'udp' ? createSocket(host.includes(':') ? 'udp6' : 'udp4') : createServer();
    socket.once('error', () => resolve(false));
    const done = (): void => void socket.close(() => resolve(true));
    if ('bind' in socket) socket.bind({ address: host, port, exclusive: true }, done);
    else socket.listen({ host, port, exclusive: true }, done);
  });
}
