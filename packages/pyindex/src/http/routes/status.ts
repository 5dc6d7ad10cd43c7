import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { sendResult } from '../answers/send-result.ts';
import { HttpFailure } from '../http-failure.ts';
import type { IndexServer } from '../index-server.ts';

/** `/+status`, and what keeps an eye on a server: whether it lives, and whether it can do its work. */
export function addStatusRoutes(app: FastifyInstance, server: IndexServer): void {
  const { store, settings } = server;
  app.get('/+status', (_request, reply) => {
    const changed = new Date(store.changedMs).toUTCString();
    const result = {
      serverdir: store.folder,
      uuid: store.uuid,
      'master-uuid': store.uuid,
      'primary-uuid': store.uuid,
      versioninfo: { 'devpi-server': settings.version, devstead: settings.version },
      host: settings.host,
      port: settings.port,
      'outside-url': settings.outsideUrl ?? null,
      serial: store.serial,
      'last-commit-timestamp': changed,
      'event-serial': store.serial,
      'event-serial-timestamp': changed,
      'event-serial-in-sync-at': changed,
      metrics: [
        ['devstead_index_users', 'gauge', store.directory.users.size],
        ['devstead_index_indexes', 'gauge', store.directory.indexes.size],
        ['devstead_index_serial', 'counter', store.serial],
        ['devstead_index_resident_bytes', 'gauge', process.memoryUsage.rss()],
        ['devstead_index_uptime_seconds', 'counter', Math.round(process.uptime())],
      ],
      role: 'MASTER',
      polling_replicas: {},
    };
    return sendResult(reply, { result, type: 'status' });
  });

  app.get('/+health', (_request, reply) => reply.type('application/json').send('{"status": "ok"}\n'));

  app.get('/+ready', async (_request, reply) => {
    if (server.isStopping()) throw new HttpFailure(503, 'the index is stopping');
    try {
      await sql`select 1`.execute(store.database);
    } catch {
      throw new HttpFailure(503, 'the database does not answer');
    }
    return reply.type('application/json').send('{"status": "ok"}\n');
  });

  for (const url of ['/+changelog/:serial', '/+changelog']) {
    app.get(url, () => {
      throw new HttpFailure(403, 'this index has no replicas');
    });
  }
}
