import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

/** A PostgreSQL server of its own, reached by a socket in its folder. */
export interface TestPostgres {
  /** Makes an empty database and returns its address. */
  makeDatabase(): Promise<string>;
  /** Ends every connection there is, as a restart of the server does. */
  endConnections(): Promise<void>;
  stop(): Promise<void>;
}

/** The folder of PostgreSQL's programs, or `undefined` where it is not installed. */
export function findPostgres(): string | undefined {
  const top = '/usr/lib/postgresql';
  const versions = existsSync(top) ? readdirSync(top).sort((left, right) => Number(right) - Number(left)) : [];
  return versions.map((version) => join(top, version, 'bin')).find((folder) => existsSync(join(folder, 'postgres')));
}

/** Starts a server in a temporary folder; for root as another user, as PostgreSQL wants it. */
export async function startPostgres(programs: string): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'pgtest-'));
  const user = process.getuid?.() === 0 ? readPostgresUser() : undefined;
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, env: { LC_ALL: 'C', TZ: 'UTC' } };
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
    options,
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`);
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off'],
    {
      ...options,
      stdio: 'ignore',
    },
  );
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const connect = async (): Promise<Client> => {
    const client = new Client({ host: folder, user: 'test', database: 'postgres' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  await waitUntil(async () => (await connect()).end());
  let count = 0;
  return {
    async makeDatabase() {
      count += 1;
      const client = await connect();
      await client.query(`create database test${count}`);
      await client.end();
      return `postgres://test@/test${count}?host=${encodeURIComponent(folder)}`;
    },
    async endConnections() {
      const client = await connect();
      const others = "pid <> pg_backend_pid() and backend_type = 'client backend'";
      await client.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where ${others}`);
      await client.end();
    },
    async stop() {
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

function readPostgresUser(): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'postgres']).stdout.toString());
  return { uid: id('-u'), gid: id('-g') };
}

async function waitUntil(work: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + 30_000;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
