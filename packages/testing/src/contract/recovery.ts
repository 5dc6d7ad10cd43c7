import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../wait-until.ts';
import {
  ContractBench,
  type ContractSession,
  devfileOf,
  type OpenRuntime,
  shellContainer,
  tools,
} from './contract-session.ts';

const devfile = devfileOf(
  `${tools('dev', 'volumeMounts: [{name: data, path: /data}]')}
${shellContainer('web', 'cd /tmp && exec python3 -m http.server 8000', 'endpoints: [{name: web, targetPort: 8000}]')}
  - name: data
    volume: {}`,
);

/** What is left of a workspace whose processes all ended at once, as with the machine's power. */
export function describeRecovery(openRuntime: OpenRuntime): void {
  describe('recovery', () => {
    let bench: ContractBench;
    const cutOff = async (session: ContractSession): Promise<void> => {
      if (openRuntime.engine === undefined) await killSandbox(session.workspace.paths.root);
      else await openRuntime.engine.restart();
    };
    const serves = (session: ContractSession): Promise<string> =>
      session.ask(
        'dev',
        'curl -fsS --retry 40 --retry-delay 0 --retry-all-errors -o /dev/null http://web:8000/ && echo yes',
      );
    beforeAll(() => {
      bench = new ContractBench(openRuntime);
    });
    afterAll(() => bench.close());

    it('goes on with layers and volumes after all of it was killed', async () => {
      const session = await bench.start('killed', devfile);
      await session.ask('dev', 'echo layer > /var/tmp/kept; echo volume > /data/kept; sync');
      await cutOff(session);
      expect((await session.runtime.observe()).isSandboxRunning).toBe(false);
      await session.up(devfile);
      expect(await session.ask('dev', 'cat /var/tmp/kept /data/kept')).toBe('layer\nvolume');
      expect(await serves(session)).toBe('yes');
      expect((await session.up(devfile)).steps).toEqual([]);
    });

    it('mends a start in whose middle all of it was killed', async () => {
      const session = bench.open('half');
      const start = session.up(devfile).catch(() => undefined);
      while (!(await session.runtime.observe().catch(() => undefined))?.isSandboxRunning) await delay(10);
      await cutOff(session);
      await start;
      // The next command is another process.
      session.runtime = session.reopen();
      await session.up(devfile);
      expect(await serves(session)).toBe('yes');
    });
  });
}

/** Ends every process of a sandbox by force, and waits: those with its mark, and all in its user namespace. */
async function killSandbox(folder: string): Promise<void> {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), namespace: attempt(() => readlinkSync(`/proc/${name}/ns/user`)) }));
  const own = readlinkSync('/proc/self/ns/user');
  const isMarked = ({ pid }: { readonly pid: number }): boolean =>
    `\0${attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))}\0`.includes(
      `\0DEVSTEAD_WORKSPACE_FOLDER=${folder}\0`,
    );
  const marked = processes.filter(isMarked);
  const namespaces = new Set(marked.map(({ namespace }) => namespace).filter((one) => one !== own && one !== ''));
  const killed = processes.filter(
    ({ pid, namespace }) => namespaces.has(namespace) || marked.some((one) => one.pid === pid),
  );
  for (const { pid } of killed) attempt(() => String(process.kill(pid, 'SIGKILL')));
  await waitUntil('the end of all that was killed', () => killed.every(({ pid }) => hasEnded(pid)));
}

/** True of a process that is gone, or whose end only waits to be seen (proc(5), /proc/PID/stat). */
function hasEnded(pid: number): boolean {
  return /^(?:.*\) [ZX] [^]*)?$/.test(attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8')));
}

function attempt(look: () => string): string {
  try {
    return look();
  } catch {
    return '';
  }
}
