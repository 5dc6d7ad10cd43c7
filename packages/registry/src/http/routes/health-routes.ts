import type { FastifyInstance } from 'fastify';

/** `/health`, and `/`, which leads people to the pages and programs to the index. */
export function addHealthRoutes(app: FastifyInstance): void {
  app.get('/health', (_request, reply) =>
    reply.type('application/json; charset=utf-8').send('{"message":"the server is up and running"}'),
  );
  app.get('/', (request, reply) => {
    const isPerson = request.headers.accept?.includes('text/html') === true;
    return reply.header('Vary', 'Accept').redirect(isPerson ? '/viewer' : '/index', 302);
  });
}
