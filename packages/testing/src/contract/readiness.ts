import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../wait-until.ts';
import { ContractBench, devfileOf, type OpenRuntime, shellContainer, tools } from './contract-session.ts';

const redis = (more = ''): string =>
  `  - name: redis\n    container: {image: "docker.io/library/redis:7", endpoints: [{name: redis, targetPort: 6379, protocol: tcp}]${more}}`;

/** When a container is called ready, and how each ends. */
export function describeReadiness(openRuntime: OpenRuntime): void {
  describe('readiness and end', () => {
    let bench: ContractBench;
    beforeAll(() => {
      bench = new ContractBench(openRuntime);
    });
    afterAll(() => bench.close());

    it('calls a service ready when it answers at its port and passes its own check', async () => {
      const session = await bench.start('ready', devfileOf(redis()));
      expect((await session.exec('redis', ['redis-cli', 'PING'])).stdout).toBe('PONG\n');
      const { containers, listeningPorts } = await session.runtime.inspect(['redis']);
      expect(containers['redis']?.isReady).toBe(true);
      expect(listeningPorts.has(6379)).toBe(true);
    });

    it('keeps a container alive whose image’s command needs a terminal, and waits for none of its ports', async () => {
      const session = await bench.start('idle', devfileOf(tools('dev', 'endpoints: [{name: web, targetPort: 8000}]')));
      const { containers } = await session.runtime.inspect(['dev']);
      expect(containers['dev']).toMatchObject({ isReady: true, keptAlive: expect.stringContaining('python3') });
    });

    it('fails at once, with the last lines, when a container ends before it is ready', async () => {
      const started = Date.now();
      const start = bench.start('broken', devfileOf(redis(', env: [{name: REDIS_PASSWORD, value: "two\\nlines"}]')));
      await expect(start).rejects.toMatchObject({
        code: 'CONTAINER_FAILED',
        details: expect.arrayContaining([expect.stringContaining('REDIS_PASSWORD')]),
      });
      expect(Date.now() - started).toBeLessThan(8000);
    });

    it('says what does not answer when the time allowed is over', async () => {
      const start = bench.open('late').up(devfileOf(redis()), { readyTimeoutMs: 1 });
      await expect(start).rejects.toMatchObject({ code: 'NOT_READY', message: expect.stringContaining('redis') });
    });

    it('waits as long as it is allowed, wherever the clock jumps', async () => {
      const real = Date.now;
      let looks = 0;
      // A day ahead, then a day behind, in turn.
      const jumping = (): number => {
        looks += 1;
        return real() + (looks % 4 < 2 ? 1 : -1) * 86_400_000;
      };
      Date.now = jumping;
      try {
        const session = await bench.start('jumping', devfileOf(redis()));
        expect((await session.exec('redis', ['redis-cli', 'PING'])).stdout).toBe('PONG\n');
        await session.stop();
        expect((await session.runtime.observe()).isSandboxRunning).toBe(false);
      } finally {
        Date.now = real;
      }
      expect(looks).toBeGreaterThan(0);
    });

    it('goes on after a failed start', async () => {
      const session = bench.open('mended');
      await expect(session.up(devfileOf(redis()), { readyTimeoutMs: 1 })).rejects.toMatchObject({ code: 'NOT_READY' });
      await session.up(devfileOf(redis()));
      expect((await session.exec('redis', ['redis-cli', 'PING'])).stdout).toBe('PONG\n');
      expect(await session.runtime.observe()).toMatchObject({
        isSupervised: true,
        containers: { redis: { restarts: 0 } },
      });
    });

    it('asks a program to end and lets it finish', async () => {
      const line = "trap 'echo asked; sleep 0.3; echo finished; exit 0' TERM; echo ready; while :; do sleep 0.02; done";
      const session = await bench.start('polite', devfileOf(shellContainer('a', line)));
      await waitUntil('it is ready', async () => (await session.texts('a')).includes('ready'));
      await session.stop();
      expect(await session.texts('a')).toEqual(['ready', 'asked', 'finished']);
    });

    it('ends a program by force that does not end when asked, after the grace', async () => {
      const line = "trap 'echo asked' TERM; echo ready; while :; do sleep 0.02; done";
      const session = await bench.start('stubborn', devfileOf(shellContainer('a', line)));
      await waitUntil('it is ready', async () => (await session.texts('a')).includes('ready'));
      const started = Date.now();
      await session.stop();
      expect(Date.now() - started).toBeGreaterThan(9000);
      expect(Date.now() - started).toBeLessThan(14_000);
      expect(await session.texts('a')).toEqual(['ready', 'asked']);
      expect(await session.runtime.observe()).toMatchObject({
        isSandboxRunning: false,
        containers: { a: { state: 'stopped' } },
      });
    });

    it('reaps what a container’s program leaves behind', async () => {
      const session = await bench.start('orphans', devfileOf(tools('dev')));
      await session.ask('dev', "for i in 1 2 3 4 5; do (setsid sh -c 'sleep 0.1' &) ; done; sleep 0.6");
      expect(await session.ask('dev', "grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l")).toBe('0');
    });
  });
}
