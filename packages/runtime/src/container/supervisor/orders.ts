import type { RuntimeSettings } from '../../settings.ts';

/** What the supervisor of a workspace is told at its start, as JSON on its standard input. */
export interface SupervisorOrders {
  readonly id: string;
  readonly name: string;
  /** The workspace's folder. */
  readonly folder: string;
  readonly settings: RuntimeSettings;
  /** Listening sockets it inherits, by file descriptor, and the port of which container each leads to. */
  readonly relays: readonly {
    readonly fd: number;
    readonly port: number;
    readonly container: string;
    /** It is a UDP port, at an address of this kind. */
    readonly datagrams?: 'ipv4' | 'ipv6';
  }[];
  /** `all`; `relays`: it only relays; `index`: it carries connections to the package index. */
  readonly task: 'all' | 'relays' | 'index';
}
