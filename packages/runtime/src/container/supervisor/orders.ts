import type { InheritedPort, WorkerOrders } from '../../running/worker.ts';

/** What the supervisor of a workspace is told at its start, as JSON on its standard input. */
export interface SupervisorOrders extends WorkerOrders<InheritedPort> {
  /** `all`; `relays`: it only relays; `index`: it carries connections to the package index. */
  readonly task: 'all' | 'relays' | 'index';
}
