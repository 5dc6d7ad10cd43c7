import { setTimeout as delay } from 'node:timers/promises';
import type { LogLine } from '@devstead/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../wait-until.ts';
import { ContractBench, devfileOf, type OpenRuntime, shellContainer } from './contract-session.ts';

/** What containers print, and containers that end by themselves. */
export function describeLogs(openRuntime: OpenRuntime): void {
  describe('logs and restarts', () => {
    let bench: ContractBench;
    beforeAll(() => {
      bench = new ContractBench(openRuntime);
    });
    afterAll(() => bench.close());

    it('tells streams apart, in the order of time, over all containers', async () => {
      const session = await bench.start(
        'streams',
        devfileOf(
          `${shellContainer('a', 'echo a1; sleep 0.3; echo a2 >&2; sleep infinity')}\n${shellContainer('b', 'sleep 0.15; echo b1; sleep infinity')}`,
        ),
      );
      const read = (): Promise<LogLine[]> => session.runtime.readLogs({ containers: ['a', 'b'] });
      await waitUntil('three lines', async () => (await read()).length >= 3);
      expect((await read()).map(({ container, stream, text }) => [container, stream, text])).toEqual([
        ['a', 'stdout', 'a1'],
        ['b', 'stdout', 'b1'],
        ['a', 'stderr', 'a2'],
      ]);
      expect((await session.runtime.readLogs({ containers: ['b'], tail: 1 })).map(({ text }) => text)).toEqual(['b1']);
    });

    it('gives only what was printed since a time', async () => {
      const session = await bench.start(
        'since',
        devfileOf(shellContainer('a', 'for i in 1 2 3; do echo $i; sleep 0.4; done; sleep infinity')),
      );
      await waitUntil('three lines', async () => (await session.texts('a')).length === 3);
      const at = Date.parse((await session.runtime.readLogs({ containers: ['a'] }))[1]?.at ?? '');
      expect((await session.runtime.readLogs({ containers: ['a'], sinceMs: at })).map(({ text }) => text)).toEqual([
        '2',
        '3',
      ]);
    });

    it('follows: every further line once the signal', async () => {
      const session = await bench.start(
        'follow',
        devfileOf(
          shellContainer(
            'a',
            'read -r _ < /var/tmp/go 2>/dev/null; mkfifo /var/tmp/go; while :; do cat /var/tmp/go; done',
          ),
        ),
      );
      await waitUntil('the pipe', async () => (await session.shell('a', 'test -p /var/tmp/go')).code === 0);
      const lines: string[] = [];
      const end = new AbortController();
      const following = session.runtime.followLogs(['a'], ({ text }) => lines.push(text), end.signal);
      await session.ask('a', 'seq 1 200 > /var/tmp/go');
      await waitUntil('200 lines', () => lines.length >= 200);
      end.abort();
      await following;
      expect(lines).toEqual(Array.from({ length: 200 }, (_, index) => String(index + 1)));
    });

    it('keeps logs over a stop', async () => {
      const devfile = devfileOf(shellContainer('a', 'echo started; sleep infinity'));
      const session = await bench.start('kept-logs', devfile);
      await waitUntil('the line', async () => (await session.texts('a')).includes('started'));
      await session.stop();
      expect(await session.texts('a')).toContain('started');
      await session.up(devfile);
      await waitUntil(
        'the second line',
        async () => (await session.texts('a')).filter((text) => text === 'started').length === 2,
      );
    });

    it('keeps long lines whole', async () => {
      const session = await bench.start(
        'long-lines',
        devfileOf(shellContainer('a', 'head -c 100000 /dev/zero | tr "\\\\0" x; echo; sleep infinity')),
      );
      await waitUntil('the line', async () => (await session.texts('a')).length > 0);
      expect((await session.texts('a')).map(({ length }) => length)).toEqual([100_000]);
    });

    it('limits the size of logs and keeps the newest lines', async () => {
      const session = await bench.start(
        'big-logs',
        devfileOf(shellContainer('a', 'seq 1 400000; echo the end; sleep infinity')),
      );
      const last = async (): Promise<string | undefined> =>
        (await session.runtime.readLogs({ containers: ['a'], tail: 1 }))[0]?.text;
      await waitUntil('the last line', async () => (await last()) === 'the end');
      // At a rate that a container keeps up for long, two parts of 8 MiB with some slack are the most that is kept.
      await waitUntil(
        'the log is cut',
        async () => measureLines(await session.runtime.readLogs({ containers: ['a'] })) < 17 * 2 ** 20,
        15_000,
      );
      expect(await last()).toBe('the end');
    });

    it('starts a container again that crashes, later each time, and says why', async () => {
      const session = await bench.start('crash', devfileOf(shellContainer('a', 'echo alive; sleep 0.05; exit 3')));
      await waitUntil(
        'four restarts',
        async () => (await session.texts('a')).filter((text) => text === 'alive').length >= 5,
      );
      const lines = await session.runtime.readLogs({ containers: ['a'] });
      const reasons = lines.filter(({ text }) => text.includes('ended with code 3'));
      expect(reasons.length).toBeGreaterThanOrEqual(4);
      expect((await session.runtime.observe()).containers['a']?.restarts).toBeGreaterThanOrEqual(4);
      const starts = lines.filter(({ text }) => text === 'alive').map(({ at }) => Date.parse(at));
      const pauses = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
      // A machine that is busy makes each longer. The first has the start of the supervisor in it.
      expect(pauses[1]).toBeGreaterThanOrEqual(200);
      expect(pauses[3]).toBeGreaterThanOrEqual(800);
      expect((await session.runtime.inspect(['a'])).containers['a']).toMatchObject({ lastExitCode: 3 });
    });

    it('does not start a container again that was stopped', async () => {
      const session = await bench.start('ended', devfileOf(shellContainer('a', 'echo alive; sleep infinity')));
      await waitUntil('it runs', async () => (await session.texts('a')).includes('alive'));
      await session.stop();
      await delay(500);
      expect(await session.texts('a')).toEqual(['alive']);
    });
  });
}

/** Bytes of lines as the log has them. */
function measureLines(lines: readonly LogLine[]): number {
  return lines.reduce((sum, { text, at, stream }) => sum + text.length + at.length + stream.length + 5, 0);
}
