import { openContainerRuntime } from '@devstead/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ContractBench,
  type ContractSession,
  devfileOf,
  type EngineUnderTest,
  type OpenRuntime,
  shellContainer,
} from '../contract/contract-session.ts';
import { waitUntil } from '../wait-until.ts';
import { type EngineKind, explainMissingEngine, PrivateEngine } from './private-engine.ts';

const serve = (text: string): string =>
  `mkdir -p /tmp/www && cd /tmp/www && echo ${text} > index.html && exec python3 -m http.server --bind 127.0.0.1 8000`;
const devfile = (text: string): string =>
  devfileOf(
    `${shellContainer('web', serve(text), 'endpoints: [{name: web, targetPort: 8000}], volumeMounts: [{name: data, path: /data}]')}
${shellContainer('side', 'echo side; sleep infinity')}
  - name: data
    volume: {}`,
  );

async function readPage(session: ContractSession): Promise<string> {
  const port = await session.hostPort('web');
  let text = '';
  await waitUntil('the page', async () => {
    text = await fetch(`http://127.0.0.1:${port}/`)
      .then((answer) => answer.text())
      .catch(() => '');
    return text !== '';
  });
  return text.trim();
}

/** What a day with a workspace on an engine is like, the engine's end included. The whole contract is in the long tests. */
export function describeDailyLife(kind: EngineKind): void {
  const missing = explainMissingEngine(kind);
  describe.skipIf(missing !== undefined)(`a workspace on an engine: ${missing ?? kind}`, () => {
    let engine: PrivateEngine;
    let bench: ContractBench;
    let session: ContractSession;
    beforeAll(async () => {
      engine = await PrivateEngine.start(kind);
      const under: EngineUnderTest = {
        variables: engine.variables,
        restart: async () => {
          await engine.kill();
          await engine.begin();
        },
        readVersion: () => engine.readVersion(),
        machine: engine,
      };
      const open: OpenRuntime = Object.assign(openContainerRuntime.bind(undefined), { engine: under });
      bench = new ContractBench(open);
      session = await bench.start('first', devfile('first'));
    });
    afterAll(async () => {
      try {
        await bench.close();
      } finally {
        await engine.remove();
      }
    });

    it('serves its ports, also of programs on the loopback, beside another of the same devfile', async () => {
      const other = await bench.start('second', devfile('second'));
      expect(await readPage(session)).toBe('first');
      expect(await readPage(other)).toBe('second');
      expect(await session.ask('side', 'curl -fsS http://web:8000/')).toBe('first');
      expect((await session.up(devfile('first'))).steps).toEqual([]);
      await other.down(true);
      expect(await readPage(session)).toBe('first');
    });

    it('runs commands and keeps what they leave', async () => {
      expect(await session.shell('web', 'echo kept > /data/kept; echo out; echo err >&2; exit 7')).toEqual({
        code: 7,
        stdout: 'out\n',
        stderr: 'err\n',
      });
      expect(await session.texts('side')).toEqual(['side']);
    });

    it('comes back after the engine was killed', async () => {
      await engine.kill();
      await expect(session.runtime.observe()).rejects.toMatchObject({ code: expect.stringMatching(/^ENGINE_/) });
      await engine.begin();
      await session.up(devfile('first'));
      expect(await readPage(session)).toBe('first');
      expect(await session.ask('web', 'cat /data/kept')).toBe('kept');
    });

    it('goes with its label, and nothing else does', async () => {
      await session.down(true);
      expect(await engine.ask('/containers/json?all=1')).toEqual([]);
      expect(await engine.ask('/volumes')).toMatchObject({
        Volumes: expect.toSatisfy((all) => (all ?? []).length === 0),
      });
      const images = (await engine.ask('/images/json')) as readonly { RepoTags: readonly string[] | null }[];
      expect(images.flatMap(({ RepoTags }) => RepoTags ?? []).some((tag) => tag.includes('devstead/python'))).toBe(
        true,
      );
    });
  });
}
