import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

/** So many askers one port answers at a time; the one that was silent longest gives way to a new one. */
const askerLimit = 512;
/** An asker that is silent for so long is forgotten. */
const idleMs = 60_000;

interface Asker {
  readonly socket: Socket;
  timer: NodeJS.Timeout;
}

/**
 * Carries datagrams from a socket, opened in the machine's network, to a port of the network this process is in, and the
 * answers back to who asked. Each asker has a port of its own towards the program, as behind a router. Where the program is
 * is looked for with each datagram; what finds nobody is lost, as datagrams are.
 */
export function relayDatagrams(
  listener: { readonly fd: number; readonly isIpv6: boolean },
  port: number,
  findAddresses: () => readonly string[],
): { close(): void } {
  const front = createSocket(listener.isIpv6 ? 'udp6' : 'udp4');
  /** In the order in which they last spoke. */
  const askers = new Map<string, Asker>();
  const forget = (key: string): void => {
    const asker = askers.get(key);
    if (asker === undefined) return;
    askers.delete(key);
    clearTimeout(asker.timer);
    asker.socket.close();
  };
  const open = (key: string, { address, port: from }: RemoteInfo): Asker => {
    if (askers.size >= askerLimit) forget(askers.keys().next().value ?? '');
    const socket = createSocket('udp4');
    socket.on('error', () => forget(key));
    socket.on('message', (answer, sender) => {
      // Nobody else may answer in the program's place.
      if (sender.port === port && findAddresses().includes(sender.address)) front.send(answer, from, address, ignore);
    });
    return { socket, timer: setTimeout(() => forget(key), idleMs) };
  };
  front.on('error', () => undefined);
  front.on('message', (question, sender) => {
    const target = findAddresses().find((address) => !address.includes(':'));
    if (target === undefined) return;
    const key = `${sender.address} ${sender.port}`;
    const asker = askers.get(key) ?? open(key, sender);
    askers.delete(key);
    askers.set(key, asker);
    asker.timer.refresh();
    asker.socket.send(question, port, target, ignore);
  });
  front.bind({ fd: listener.fd });
  return {
    close: () => {
      for (const key of askers.keys()) forget(key);
      front.close();
    },
  };
}

/** A datagram that cannot be sent is lost. */
function ignore(): void {}
