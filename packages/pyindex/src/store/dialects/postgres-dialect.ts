import { type Dialect, PostgresDialect, PostgresQueryCompiler } from 'kysely';
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
  return new DialectWithoutNul({ pool });
}

/** PostgreSQL's text has every character but NUL, which refuses the whole query; others see a sign for what is not known. */
class CompilerWithoutNul extends PostgresQueryCompiler {
  protected override appendValue(parameter: unknown): void {
    super.appendValue(typeof parameter === 'string' ? parameter.replaceAll('\0', '\ufffd') : parameter);
  }
}

class DialectWithoutNul extends PostgresDialect {
  override createQueryCompiler(): CompilerWithoutNul {
    return new CompilerWithoutNul();
  }
}
