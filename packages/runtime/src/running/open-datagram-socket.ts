import type { Socket } from 'node:dgram';

/** A socket for datagrams, not yet bound. Few ports are of these: what they need is loaded for them alone. */
export async function openDatagramSocket(host: string): Promise<Socket> {
  const { createSocket } = await import('node:dgram');
  return createSocket(host.includes(':') ? 'udp6' : 'udp4');
}
