import { createServer } from 'node:net';
import { openDatagramSocket } from '../running/open-datagram-socket.ts';

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
