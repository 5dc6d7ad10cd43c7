import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContractBench, type ContractSession, devfileOf, type OpenRuntime, tools } from './contract-session.ts';

/** What needs a process of its own: a terminal, and files that are carried. */
export function describeCommands(openRuntime: OpenRuntime): void {
  describe('the command line', () => {
    let bench: ContractBench;
    let session: ContractSession;
    beforeAll(async () => {
      bench = new ContractBench(openRuntime);
      session = await bench.start('commands', devfileOf(tools('dev')));
    });
    afterAll(() => bench.close());

    it('gives a command a terminal of the caller’s size, its changes, its keys and its code', async () => {
      const line =
        'test -t 0 && test -t 1 && stty size; trap "stty size" WINCH; trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.05; done';
      const signal = join(bench.home.root, 'resize');
      writeFileSync(signal, '');
      // The caller's terminal changes as soon as the file has something in it.
      const change = '(until [ -s "$0" ]; do sleep 0.05; done; stty -F /dev/tty rows 11 cols 44) & "$@"';
      const running = bench.home.start(['exec', '--name', 'commands', 'dev', '--', 'bash', '-c', line], {
        terminal: { rows: 31, columns: 97 },
        prefix: ['sh', '-c', change, signal],
      });
      await running.waitFor('ready');
      expect(running.output.replaceAll('\r', '')).toContain('31 97\nready');
      writeFileSync(signal, 'now');
      await running.waitFor('11 44');
      running.type('\u0003');
      expect((await running.finished).code).toBe(9);
      expect(running.output).toContain('caught');
    });

    it('copies files in and out, with their modes', async () => {
      const file = join(bench.home.root, 'carried');
      writeFileSync(file, 'bytes \0 and more\n');
      chmodSync(file, 0o750);
      await bench.home.runWell(['cp', '--name', 'commands', file, 'dev:/var/tmp/carried']);
      expect(await session.ask('dev', 'stat -c "%a %s %U" /var/tmp/carried')).toMatch(/^750 17 /);
      await session.ask('dev', 'echo more >> /var/tmp/carried');
      await bench.home.runWell(['cp', '--name', 'commands', 'dev:/var/tmp/carried', `${file}-back`]);
      expect(readFileSync(`${file}-back`, 'utf8')).toBe('bytes \0 and more\nmore\n');
      expect(statSync(`${file}-back`).mode & 0o777).toBe(0o750);
    });
  });
}
