import type { Socket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { AppError } from '@devstead/kit';
import type { PublishedPort } from '../plan/types.ts';
import { describePortOwner } from '../process/port-owner.ts';
import { openDatagramSocket } from './open-datagram-socket.ts';

/** A socket that listens on this machine, to be handed down to the process that relays it. */
export interface OpenPort {
  readonly fd: number;
  close(): void;
}

/**
 * Opens a port of this machine, on its loopback address unless another is asked for. Throws PORT_IN_USE with the owner's
 * name.
 */
export async function openPort({ hostPort: port, hostIp = '127.0.0.1', protocol }: PublishedPort): Promise<OpenPort> {
  const isUdp = protocol === 'udp';
  const socket = isUdp ? await openDatagramSocket(hostIp) : createServer();
  return new Promise((resolve, reject) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const owner = describePortOwner(port, isUdp ? 'udp' : 'tcp') ?? 'another process';
      const inUse = new AppError('PORT_IN_USE', `port ${port}${isUdp ? '/udp' : ''} is in use by ${owner}`);
      reject(error.code === 'EADDRINUSE' ? inUse : error);
    });
    const done = (): void => resolve({ fd: fileDescriptor(socket), close: () => void socket.close() });
    if ('bind' in socket) socket.bind({ address: hostIp, port, exclusive: true }, done);
    else socket.listen({ host: hostIp, port, exclusive: true }, done);
  });
}

/** The descriptor of a socket, to hand it down to a child; Node offers no public way. */
function fileDescriptor(socket: Server | Socket): number {
  const handle = 'bind' in socket ? findDatagramHandle(socket) : (socket as { readonly _handle?: Handle })._handle;
  if (handle?.fd === undefined || handle.fd < 0) throw new AppError('INTERNAL', 'a listening socket has no descriptor');
  return handle.fd;
}

interface Handle {
  readonly fd?: number;
}

/** Datagram sockets keep theirs behind a symbol. */
function findDatagramHandle(socket: Socket): Handle | undefined {
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    const value = (socket as unknown as Record<symbol, unknown>)[symbol];
    if (typeof value === 'object' && value !== null && 'handle' in value) return value.handle as Handle;
  }
  return undefined;
}
