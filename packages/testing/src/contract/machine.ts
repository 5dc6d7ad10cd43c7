import { networkInterfaces } from 'node:os';
import { canConnect, holdPort, portOf } from '../tcp-port.ts';

/** A TCP port at which somebody listens, and answers nothing. */
export interface HeldPort {
  readonly port: number;
  /** From the machine itself. */
  isReached(): Promise<boolean>;
  close(): void;
}

/** The machine that containers of the runtime under test run on: this one, or that of an engine of its own. */
export interface Machine {
  /** One of its addresses that is no loopback one; undefined when it has none. */
  findAddress(): string | undefined;
  hold(address: string): Promise<HeldPort>;
}

export const thisMachine: Machine = {
  findAddress: () =>
    Object.values(networkInterfaces())
      .flatMap((entries) => entries ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address,
  hold: async (address) => {
    const server = await holdPort(address);
    const port = portOf(server);
    return { port, isReached: () => canConnect(port, address), close: () => void server.close() };
  },
};
