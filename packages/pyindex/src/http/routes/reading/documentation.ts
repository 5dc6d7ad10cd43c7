import { extname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { normalizeName } from '../../../names/normalize-name.ts';
import { sortVersions } from '../../../names/version.ts';
import { DocumentationReader } from '../../../releases/documentation/documentation-zip.ts';
import { isNotModified } from '../../answers/is-not-modified.ts';
import { redirect } from '../../answers/redirect.ts';
import { HttpFailure } from '../../http-failure.ts';
import { findReadableIndex } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';

type Params = { user: string; index: string; project: string; version: string; '*': string };

/** Content types of what documentation is made of; everything else is shown as nothing in particular. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.htm': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.xml': 'application/xml',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.pdf': 'application/pdf',
};

/** Somebody uploaded these pages: their scripts get an origin of their own, so that they can do nothing in a reader's name. */
const policy = 'sandbox allow-scripts allow-popups allow-forms allow-downloads';

/** `/user/index/project/version/+d/…`: documentation, read from its zip. `latest` is the newest that has any. */
export function addDocumentationRoutes(app: FastifyInstance, server: IndexServer): void {
  const reader = new DocumentationReader();
  for (const kind of ['+d', '+doc']) {
    app.get<{ Params: Params }>(`/:user/:index/:project/:version/${kind}/*`, async (request, reply) => {
      const { index } = await findReadableIndex(request, server);
      const { version, '*': rest } = request.params;
      const project = normalizeName(request.params.project);
      const { store } = server;
      const links = await store.database
        .selectFrom('links')
        .select(['version', 'sha256'])
        .where('index', '=', index.path)
        .where('project', '=', project)
        .where('kind', '=', 'doczip')
        .execute();
      const newest = ['latest', 'stable'].includes(version)
        ? sortVersions(links.map((link) => link.version)).at(-1)
        : version;
      const link = links.find((each) => each.version === newest);
      const path = link === undefined ? undefined : store.files.pathOf(link.sha256);
      if (link === undefined || path === undefined)
        throw new HttpFailure(404, `no documentation of ${project} ${version}`);
      const top = `/${index.path}/${project}/${version}/${kind}/`;
      if (rest === '') return redirect(reply, request, server, `${top}index.html`);
      const etag = `"${link.sha256}-${encodeURIComponent(rest)}"`;
      reply.headers({
        'Content-Security-Policy': policy,
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'max-age=0, must-revalidate',
        ETag: etag,
      });
      if (isNotModified(request, etag)) return reply.code(304).send();
      const name = rest.endsWith('/') ? `${rest}index.html` : rest;
      const file = await reader.open(path, link.sha256, name);
      if (file === undefined) throw new HttpFailure(404, `the documentation of ${project} has no ${name}`);
      return reply
        .headers({
          'Content-Type': types[extname(name).toLowerCase()] ?? 'application/octet-stream',
          'Content-Length': file.sizeBytes,
        })
        .send(file.stream);
    });
  }
}
