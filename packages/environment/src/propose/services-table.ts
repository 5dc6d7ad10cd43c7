import type { ProposedService } from './types.ts';

interface ServiceRow {
  /** Names of client libraries, in any language. */
  readonly libraries: RegExp;
  /** Images of compose files. */
  readonly images: RegExp;
  readonly service: Omit<ProposedService, 'isCertain'>;
}

/** Services that projects commonly need, and by what they are known. */
export const serviceRows: readonly ServiceRow[] = [
  {
    libraries:
      /\b(psycopg2?(?:-binary)?|asyncpg|pg|postgresql|lib\/pq|jackc\/pgx|tokio-postgres|Npgsql|quarkus-jdbc-postgresql|postgres)\b/,
    images: /(^|\/)(postgres|postgresql(-\d+)?|postgis)(:|@|$)/,
    service: {
      name: 'postgresql',
      image: 'docker.io/library/postgres:15',
      port: 5432,
      env: [
        { name: 'POSTGRES_USER', value: 'dev' },
        { name: 'POSTGRES_PASSWORD', value: 'dev' },
        { name: 'POSTGRES_DB', value: 'app' },
      ],
      data: '/var/lib/postgresql/data',
    },
  },
  {
    libraries: /\b(redis|ioredis|go-redis|jedis|lettuce|predis|celery|StackExchange\.Redis)\b/,
    images: /(^|\/)(redis(-\d+)?|valkey)(:|@|$)/,
    service: { name: 'redis', image: 'docker.io/library/redis:7', port: 6379, env: [] },
  },
  {
    libraries: /\b(mysqlclient|pymysql|mysql2?|go-sql-driver\/mysql|mysql-connector-j?|mariadb)\b/i,
    images: /(^|\/)(mysql|mariadb)(:|@|$)/,
    service: {
      name: 'mysql',
      image: 'docker.io/library/mariadb:11',
      port: 3306,
      env: [
        { name: 'MARIADB_ROOT_PASSWORD', value: 'dev' },
        { name: 'MARIADB_DATABASE', value: 'app' },
      ],
      data: '/var/lib/mysql',
    },
  },
  {
    libraries: /\b(pymongo|mongoose|mongodb|mongo-driver|motor)\b/,
    images: /(^|\/)mongo(db)?(:|@|$)/,
    service: { name: 'mongodb', image: 'docker.io/library/mongo:7', port: 27_017, env: [], data: '/data/db' },
  },
];
