import { connect, createServer, type Server } from 'node:net';

/** Listens on this machine until it is closed; port 0 takes a free one. */
export function holdPort(host: string, port = 0): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end('held'));
    server.once('error', reject);
    server.listen({ host, port }, () => resolve(server));
  });
}

/** The port a server listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on no port');
  return address.port;
}

/** Whether somebody accepts a connection. */
export function canConnect(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** What a service says first to somebody who connects and says this; empty when it ends without a word, or says nothing for long. */
export function askPort(port: number, question = ''): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(question));
    socket.setTimeout(20_000, () => socket.destroy());
    socket.on('data', (data) => {
      said += data.toString();
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
  });
}
