import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstScenarioPort, type ScenarioHome } from './scenario-home.ts';

/** What `/health` answers; code 0 and no status when nothing answers at all. */
export interface HealthAnswer {
  readonly code: number;
  readonly status?: string;
}

/** A copy of the example of that name, published at a port of scenarios, and what a visitor's browser does with it. */
export class ThreeTier {
  static readonly documentedPort = 8080;
  readonly folder: string;
  readonly address: string;

  constructor(home: ScenarioHome, port: number = firstScenarioPort + 808) {
    this.folder = home.copyExample('three-tier');
    this.address = `http://127.0.0.1:${port}`;
    const file = join(this.folder, 'compose.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(`"${ThreeTier.documentedPort}:80"`, `"127.0.0.1:${port}:80"`));
  }

  readme(): string {
    return readFileSync(join(this.folder, 'README.md'), 'utf8');
  }

  async fetchText(path: string): Promise<string> {
    return (await this.fetch(path)).text();
  }

  async addVisitor(name: string): Promise<{ readonly status: number; readonly id?: number }> {
    const headers = { 'content-type': 'application/json' };
    const response = await this.fetch('/api/visitors', { method: 'POST', headers, body: JSON.stringify({ name }) });
    const { id } = (await response.json().catch(() => ({}))) as { id?: number };
    return { status: response.status, ...(id === undefined ? {} : { id }) };
  }

  /** Their names, the newest first. */
  async listVisitors(): Promise<string[]> {
    const { visitors } = (await (await this.fetch('/api/visitors')).json()) as { visitors: { name: string }[] };
    return visitors.map(({ name }) => name);
  }

  async askHealth(): Promise<HealthAnswer> {
    try {
      const response = await this.fetch('/health');
      const { status } = (await response.json().catch(() => ({}))) as { status?: string };
      return { code: response.status, ...(status === undefined ? {} : { status }) };
    } catch {
      return { code: 0 };
    }
  }

  private fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.address}${path}`, { ...init, signal: AbortSignal.timeout(20_000) });
  }
}
