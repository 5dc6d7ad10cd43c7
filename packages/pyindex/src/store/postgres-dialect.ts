import { type Dialect, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';

const int8 = 20;

/** kysely on a PostgreSQL server: `postgres://user:password@host/database`, or a socket's folder as `host`. */
export function makePostgresDialect(url: string): Dialect {
  const pool = new Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: 10_000,
    // Sizes and times fit a number; as text they would differ from what SQLite gives.
    types: { getTypeParser: (oid, format) => (oid === int8 ? Number : types.getTypeParser(oid, format)) },
  });
  // A connection that the server ends while nobody uses it is made anew by the next query, which fails where it cannot.
  pool.on('error', () => undefined);
  return new PostgresDialect({ pool });
}
