import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeUpstream } from './fake-upstream.ts';
import { IndexServer } from './index-server.ts';
import { makeWheel } from './make-distribution.ts';
import { PythonHome } from './python-home.ts';
import { explainNoPython, findPythonProgram } from './python-programs.ts';

const projects = Array.from({ length: 20 }, (_, index) => `crowd-${index + 1}`);

/** `rounds` times `atOnce` people install twenty projects at the same moment, nobody having asked for them before. */
export function describeManyInstalls(atOnce: number, rounds: number): void {
  const reason = explainNoPython('clients');
  const why = reason === undefined ? '' : ` (skipped: ${reason})`;
  describe.skipIf(reason !== undefined)(`${atOnce} uv pip install of twenty projects at once${why}`, () => {
    let home: PythonHome;
    let upstream: FakeUpstream;
    beforeAll(async () => {
      home = new PythonHome();
      upstream = await FakeUpstream.start();
      for (const [at, name] of projects.entries()) {
        const requires = at % 5 === 4 ? [] : [`crowd-${at + 2}>=1`];
        upstream.add(makeWheel({ name, version: '1.0', requires, paddingBytes: 50_000 }));
      }
    });
    afterAll(async () => {
      await upstream?.stop();
      home?.remove();
    });

    it.each(Array.from({ length: rounds }, (_, index) => index + 1))('round %i', async () => {
      const index = await IndexServer.start({ folder: home.makeFolder(), upstream: upstream.simple });
      upstream.asked.length = 0;
      try {
        const python = findPythonProgram('clients', 'python');
        const options = [
          'pip',
          'install',
          '--quiet',
          '--no-cache',
          '--python',
          python,
          '--index-url',
          `${index.address}/root/pypi/+simple/`,
        ];
        const targets = Array.from({ length: atOnce }, () => home.makeFolder());
        const ends = await Promise.all(
          targets.map((target) =>
            home.run('uv', [...options, '--target', target, ...projects], { timeoutMs: 300_000 }),
          ),
        );
        expect(ends.filter(({ code }) => code !== 0)).toEqual([]);
        const counts = targets.map(
          (target) => readdirSync(target).filter((name) => name.endsWith('.dist-info')).length,
        );
        expect(new Set(counts)).toEqual(new Set([projects.length]));
        const files = upstream.asked.map(({ path }) => path).filter((path) => path.endsWith('.whl'));
        expect(files).toHaveLength(projects.length);
      } finally {
        await index.kill();
      }
    });
  });
}
