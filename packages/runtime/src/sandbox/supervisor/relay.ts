import { connect, createServer, type Server, type Socket } from 'node:net';

/** How many connections one port carries at a time; more are closed at once instead of using up the machine. */
const connectionLimit = 1024;

/** Where the programs of a shared network are. */
export const loopback = ['127.0.0.1', '::1'];

/**
 * Carries connections from a listening socket, opened in the machine's network, to a port of the network this process
 * is in. Programs that listen on the loopback address only are reached as well, unless other addresses are found, which
 * are looked for with each connection.
 */
export function relayPort(
  listener: { readonly fd: number },
  port: number,
  findAddresses: () => readonly string[] = () => loopback,
): Server {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => relay(client, port, findAddresses()));
  server.maxConnections = connectionLimit;
  server.listen({ fd: listener.fd });
  return server;
}

function relay(client: Socket, port: number, addresses: readonly string[]): void {
  client.on('error', () => client.destroy());
  connectFirst(port, addresses, (target) => {
    if (target === undefined) {
      client.destroy();
      return;
    }
    target.on('error', () => client.destroy());
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
    client.pipe(target);
    target.pipe(client);
  });
}

function connectFirst(
  port: number,
  [address, ...others]: readonly string[],
  done: (target: Socket | undefined) => void,
): void {
  if (address === undefined) {
    done(undefined);
    return;
  }
  const target = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
  const fail = (): void => connectFirst(port, others, done);
  target.once('error', fail);
  target.once('connect', () => {
    target.off('error', fail);
    done(target);
  });
}
