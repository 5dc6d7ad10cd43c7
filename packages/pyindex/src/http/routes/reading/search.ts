import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../../access/identity.ts';
import { mayRead } from '../../../access/permissions.ts';
import { searchProjects } from '../../../releases/search/search-projects.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { findReadableIndex, identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import type { XmlRpcValue } from '../../requests/xml-rpc.ts';

const defaultResults = 50;
const mostResults = 500;
/** A search is a few words; a million elements would take seconds to read. */
const mostCallBytes = 64 * 1024;

/** `/+search?query=…[&index=user/index][&limit=n]`, in JSON: projects whose names or summaries have all words. */
export function addSearchRoute(app: FastifyInstance, server: IndexServer): void {
  app.get<{ Querystring: Readonly<Record<string, unknown>> }>('/+search', async (request, reply) => {
    const { query, index, limit } = request.query;
    if (typeof query !== 'string' || query.trim() === '') throw new HttpFailure(400, 'Bad request: query is needed');
    const identity = await identify(request, server);
    const indexes = listSearched(server, identity, typeof index === 'string' ? index : undefined);
    const words = query.slice(0, 1000).split(/\s+/).filter(Boolean).slice(0, 20);
    const most = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : defaultResults;
    const searches = await Promise.all(
      words.map((word) =>
        searchProjects(server.catalog, {
          indexes,
          names: [word],
          summaries: [word],
          isAny: true,
          limit: Number.MAX_SAFE_INTEGER,
        }),
      ),
    );
    const [first = [], ...others] = searches;
    const keys = others.map((found) => new Set(found.map((each) => `${each.index} ${each.name}`)));
    const result = first.filter((each) => keys.every((set) => set.has(`${each.index} ${each.name}`)));
    return sendResult(reply, { result: result.slice(0, Math.min(most, mostResults)), type: 'list:searchresult' });
  });
}

/** `pip search`: XML-RPC to an index. */
export function makeXmlRpcHandler(
  server: IndexServer,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const { index } = await findReadableIndex(request, server);
    const identity = await identify(request, server);
    if (Buffer.isBuffer(request.body) && request.body.length > mostCallBytes) {
      throw new HttpFailure(413, `a call has at most ${mostCallBytes} bytes`);
    }
    // Few ever ask this way.
    const { readXmlRpcCall, writeXmlRpcAnswer, writeXmlRpcFault } = await import('../../requests/xml-rpc.ts');
    const { method, parameters } = readXmlRpcCall(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    reply.type('text/xml; charset=utf-8');
    if (method !== 'search') return reply.send(writeXmlRpcFault(1, `there is no method ${method.slice(0, 100)}`));
    const [fields, operator] = parameters;
    const words = (name: string): string[] => {
      const value = isStruct(fields) && Object.hasOwn(fields, name) ? fields[name] : undefined;
      const list = Array.isArray(value) ? (value as readonly XmlRpcValue[]) : value === undefined ? [] : [value];
      return list.map(String).slice(0, 20);
    };
    const found = await searchProjects(server.catalog, {
      indexes: listSearched(server, identity, index.path),
      names: words('name'),
      summaries: words('summary'),
      isAny: operator === 'or',
      limit: 100,
    });
    const answer = found.map(({ index: path, name, version, summary }) => ({
      name,
      summary: `[${path}] ${summary}`,
      version,
    }));
    return reply.send(writeXmlRpcAnswer(answer));
  };
}

function isStruct(value: XmlRpcValue | undefined): value is { readonly [key: string]: XmlRpcValue } {
  return typeof value === 'object' && !Array.isArray(value);
}

/** The stages that may be read: all, or an index with its bases. */
function listSearched(server: IndexServer, identity: Identity, path: string | undefined): string[] {
  const { indexes } = server.store.directory;
  const wanted = new Set(path === undefined ? indexes.keys() : [path]);
  for (const each of wanted) {
    const config = indexes.get(each)?.config;
    for (const base of config?.type === 'stage' ? config.bases : []) wanted.add(base);
  }
  return [...wanted].filter((each) => {
    const index = indexes.get(each);
    return index?.config.type === 'stage' && mayRead(identity, index);
  });
}
