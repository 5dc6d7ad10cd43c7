import type { FastifyInstance } from 'fastify';
import type { Stack, StackFile } from '../../types.ts';
import { type Answer, makeAnswer, sendAnswer } from '../answer.ts';
import type { RegistryServer } from '../registry-server.ts';
import { sendStatus } from '../status-answer.ts';

const answers = new WeakMap<StackFile, Promise<Answer>>();

/** `/stacks/NAME[/VERSION]/FILE`: the files of stacks as they lie in their folders. */
export function addFileRoutes(app: FastifyInstance, { served }: RegistryServer): void {
  app.get<{ Params: { '*': string } }>('/stacks/*', async (request, reply) => {
    const [folderName = '', ...steps] = request.params['*'].split('/');
    const stack = served().catalog.stacks.find((each) => each.entry.type === 'stack' && each.folderName === folderName);
    const file = stack === undefined ? undefined : findFile(stack, steps);
    if (file === undefined) return sendStatus(reply, 404, 'there is no such file');
    const known = answers.get(file) ?? makeAnswer(file.bytes, typeOf(file.path));
    answers.set(file, known);
    // What somebody put into a stack is shown, never run.
    reply.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    return sendAnswer(request, reply, await known);
  });
}

function findFile({ versions }: Stack, steps: readonly string[]): StackFile | undefined {
  const [first, ...rest] = steps;
  const version = versions.find(({ entry }) => entry.version === first);
  const inVersion = version?.content?.files.find(({ path }) => path === rest.join('/'));
  // A stack of one devfile has no folders of versions.
  return inVersion ?? versions[0]?.content?.files.find(({ path }) => path === steps.join('/'));
}

function typeOf(path: string): string {
  if (/\.svg$/i.test(path)) return 'image/svg+xml';
  if (/\.png$/i.test(path)) return 'image/png';
  if (/\.(?:ya?ml|md|txt|json|sh|toml|properties)$|(?:^|\/)(?:Dockerfile|Containerfile|OWNERS)$/i.test(path))
    return 'text/plain; charset=utf-8';
  return 'application/octet-stream';
}
