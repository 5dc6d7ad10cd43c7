import type { FastifyBaseLogger } from 'fastify';
import type { Icons } from '../icons/icons.ts';
import type { PluginCatalog } from '../plugins/plugin-catalog.ts';
import type { StarterArchives } from '../starters/starter-archives.ts';
import type { RegistryMetrics } from './metrics.ts';
import type { ServedCatalog } from './served-catalog.ts';

/** What the routes share. */
export interface RegistryServer {
  /** What is served at this moment. */
  readonly served: () => ServedCatalog;
  /** Absent where nothing is fetched. */
  readonly starters?: StarterArchives;
  readonly icons: Icons;
  readonly plugins: () => PluginCatalog;
  readonly metrics: RegistryMetrics;
  /** What clients reach it by; absent: what each of them has asked. */
  readonly outsideUrl?: string;
  /** No pages for people. */
  readonly isHeadless: boolean;
  readonly log: FastifyBaseLogger;
}
