import { hasErrors } from '@devstead/kit';
import type { Logger } from 'pino';
import { Catalog } from './catalog/catalog.ts';
import type { RegistryMetrics } from './http/metrics.ts';
import { ServedCatalog } from './http/served-catalog.ts';
import { PluginCatalog } from './plugins/plugin-catalog.ts';
import type { SourceContent, StackSource } from './sources/stack-source.ts';

const mostTold = 50;

/** Keeps what sources have, and reads them again from time to time; who asks meanwhile is answered from what is there. */
export class StackKeeper {
  readonly #sources: readonly StackSource[];
  readonly #metrics: RegistryMetrics;
  readonly #log: Logger;
  readonly #contents = new Map<StackSource, SourceContent>();
  readonly #stopping = new AbortController();
  #served = new ServedCatalog(new Catalog([]));
  #plugins = new PluginCatalog();
  #reading: Promise<void> | undefined;

  constructor(sources: readonly StackSource[], metrics: RegistryMetrics, log: Logger) {
    this.#sources = sources;
    this.#metrics = metrics;
    this.#log = log;
  }

  get served(): ServedCatalog {
    return this.#served;
  }

  get plugins(): PluginCatalog {
    return this.#plugins;
  }

  /** Reads all sources. One that cannot be read keeps what it had. */
  refresh(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reading;
  }

  /** All at the same time, each served as soon as it is there: a slow one keeps nobody waiting. */
  async #readAll(): Promise<void> {
    await Promise.all(this.#sources.map((source) => this.#readOne(source)));
  }

  async #readOne(source: StackSource): Promise<void> {
    try {
      const content = await source.read(this.#stopping.signal);
      this.#contents.set(source, content);
      this.#tell(source, content);
      this.#publish();
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#metrics.sourceFailures.inc({ source: source.name });
      this.#log.error({ source: source.name, err: error }, 'a source of stacks could not be read');
    }
  }

  /** What is there by now, in the order of the sources. */
  #publish(): void {
    const contents = this.#sources.flatMap((source) => this.#contents.get(source) ?? []);
    const catalog = new Catalog(contents.flatMap(({ stacks }) => stacks));
    this.#served = new ServedCatalog(catalog);
    this.#plugins = new PluginCatalog(contents.flatMap(({ plugins }) => plugins));
    this.#metrics.stacks.set(catalog.stacks.length);
  }

  #tell({ name }: StackSource, { stacks, diagnostics }: SourceContent): void {
    const errors = diagnostics.filter((diagnostic) => hasErrors([diagnostic]));
    const told = diagnostics.filter((diagnostic) => diagnostic.code === 'registry.stale' || hasErrors([diagnostic]));
    for (const { code, file, line, message } of told.slice(0, mostTold))
      this.#log.warn({ source: name, code, file, line }, message);
    this.#log.info({ source: name, stacks: stacks.length, errors: errors.length }, 'read a source of stacks');
  }
}
