import { html } from '@devstead/kit/pages';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findVersion } from '../catalog/find-version.ts';
import { makeAnswer, sendAnswer } from '../http/answer.ts';
import type { RegistryServer } from '../http/registry-server.ts';
import { sendStatus } from '../http/status-answer.ts';
import { sendPage } from './layout.ts';
import { drawLetterIcon } from './letter-icon.ts';
import { makeListPage } from './list-page.ts';
import { makeStackPage } from './stack-page.ts';

interface Asked {
  readonly name: string;
  readonly version?: string;
}

/** `/viewer`: pages for people. */
export function addViewerRoutes(app: FastifyInstance, server: RegistryServer): void {
  if (server.isHeadless) {
    const refuse = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
      reply.code(400).type('text/plain; charset=utf-8').send('registry viewer is not available in headless mode');
    app.get('/viewer', refuse);
    app.get('/viewer/*', refuse);
    return;
  }
  app.get('/viewer', (request, reply) => {
    const query = request.query as Readonly<Record<string, unknown>>;
    const read = (key: string): string => (typeof query[key] === 'string' ? query[key].slice(0, 200) : '');
    const entries = server.served().catalog.listEntries('all') ?? [];
    return sendPage(reply, makeListPage(entries, { q: read('q').trim(), language: read('language') }));
  });
  const show = (request: FastifyRequest<{ Params: Asked }>, reply: FastifyReply): FastifyReply => {
    const { name, version = 'default' } = request.params;
    const stack = server.served().catalog.find(name);
    const found = findVersion(stack, version);
    const entry = stack?.versions.find(
      (each) => each.entry.version === version || (version === 'default' && each.entry.default === true),
    )?.entry;
    if (stack === undefined || (stack.versions.length > 0 && entry === undefined)) return sendNothing(reply);
    return sendPage(
      reply,
      makeStackPage({
        stack,
        registry: server.outsideUrl ?? readOwnAddress(request),
        ...(entry === undefined ? {} : { version: entry }),
        ...('content' in found ? { content: found.content } : {}),
      }),
    );
  };
  app.get<{ Params: Asked }>('/viewer/devfiles/:name', show);
  app.get<{ Params: Asked }>('/viewer/devfiles/:name/:version', show);
  app.get<{ Params: Asked }>('/viewer/icons/:name', async (request, reply) => {
    const { catalog } = server.served();
    const stack = catalog.find(request.params.name);
    if (stack === undefined) return sendStatus(reply, 404, 'there is no such stack');
    const icon = await server.icons.find(stack.entry, catalog);
    // Opened by itself, a picture that is a document is one without a script and without an origin.
    reply.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    const { bytes, type } = icon ?? { bytes: drawLetterIcon(stack.entry), type: 'image/svg+xml' };
    return sendAnswer(request, reply, await makeAnswer(bytes, type));
  });
}

function sendNothing(reply: FastifyReply): FastifyReply {
  const body = html`<h1>Not here</h1><p>There is no such stack in this registry. <a href="/viewer">Show all stacks</a></p>`;
  return sendPage(reply.code(404), { title: 'Not here – Devfile registry', body, isBelow: true });
}

/** What this registry was reached by; a name that is none is not repeated. */
function readOwnAddress({ host, protocol }: FastifyRequest): string {
  return /^[A-Za-z0-9.-]{1,253}(?::\d{1,5})?$|^\[[0-9a-fA-F:.]{2,45}\](?::\d{1,5})?$/.test(host)
    ? `${protocol}://${host}`
    : 'http://127.0.0.1:8080';
}
