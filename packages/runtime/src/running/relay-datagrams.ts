import { createSocket, type RemoteInfo } from 'node:dgram';

/** So many askers one port answers at a time; the one that was silent longest gives way to a new one. */
const askerLimit = 512;
/** An asker that is silent for so long is forgotten. */
const idleMs = 60_000;

/** The way of one asker to the program, with a port of its own there, as behind a router. */
export interface DatagramWay {
  send(question: Buffer): void;
  close(): void;
}

/** Opens the way of one more asker. `gone` is called when it is of no use any more. */
export type OpenWay = (answer: (datagram: Buffer) => void, gone: () => void) => DatagramWay;

interface Asker {
  readonly way: DatagramWay;
  readonly timer: NodeJS.Timeout;
}

/**
 * Carries datagrams from a socket, opened in the machine's network, to a program of a workspace, and the answers back to
 * who asked. What finds nobody is lost, as datagrams are.
 */
export function relayDatagrams(
  listener: { readonly fd: number; readonly isIpv6: boolean },
  openWay: OpenWay,
): { close(): void } {
  const front = createSocket(listener.isIpv6 ? 'udp6' : 'udp4');
  /** In the order in which they last spoke. */
  const askers = new Map<string, Asker>();
  const forget = (key: string): void => {
    const asker = askers.get(key);
    if (asker === undefined) return;
    askers.delete(key);
    clearTimeout(asker.timer);
    asker.way.close();
  };
  const open = (key: string, { address, port }: RemoteInfo): Asker => {
    if (askers.size >= askerLimit) forget(askers.keys().next().value ?? '');
    const way = openWay(
      (answer) => front.send(answer, port, address, ignore),
      () => forget(key),
    );
    return { way, timer: setTimeout(() => forget(key), idleMs) };
  };
  front.on('error', () => undefined);
  front.on('message', (question, sender) => {
    const key = `${sender.address} ${sender.port}`;
    const asker = askers.get(key) ?? open(key, sender);
    askers.delete(key);
    askers.set(key, asker);
    asker.timer.refresh();
    asker.way.send(question);
  });
  front.bind({ fd: listener.fd });
  return {
    close: () => {
      for (const key of askers.keys()) forget(key);
      front.close();
    },
  };
}

/**
 * Ways to a port of the network this process is in. Where the program is is looked for with each datagram.
 */
export function openSocketWay(port: number, findAddresses: () => readonly string[]): OpenWay {
  return (answer, gone) => {
    const socket = createSocket('udp4');
    socket.on('error', gone);
    socket.on('message', (datagram, sender) => {
      // Nobody else may answer in the program's place.
      if (sender.port === port && findAddresses().includes(sender.address)) answer(datagram);
    });
    return {
      send: (question) => {
        const target = findAddresses().find((address) => !address.includes(':'));
        if (target !== undefined) socket.send(question, port, target, ignore);
      },
      close: () => void socket.close(),
    };
  };
}

/** A datagram that cannot be sent is lost. */
function ignore(): void {}
