import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { runProcess } from './run-process.ts';
import { tieToCaller } from './tie-to-caller.ts';

describe('tieToCaller', () => {
  it('lets the program run and passes its code on', async () => {
    expect(await runProcess([...tieToCaller(), 'sh', '-c', 'echo here; exit 7'])).toMatchObject({
      code: 7,
      stdout: 'here\n',
    });
  });

  it('does not begin when the caller is gone already', async () => {
    // A shell in between is the parent; it is not the process named.
    const words = [...tieToCaller(), 'echo', 'here'].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    expect(await runProcess(['sh', '-c', `${words}; exit $?`])).toMatchObject({ code: 125, stdout: '' });
  });

  it('ends the program when the caller is killed', async () => {
    const source = `
      const { spawn } = await import('node:child_process');
      const { tieToCaller } = await import(${JSON.stringify(new URL('./tie-to-caller.ts', import.meta.url).href)});
      const [program, ...words] = [...tieToCaller(), 'sh', '-c', 'echo started; exec sleep 60'];
      spawn(program, words, { stdio: ['ignore', 'inherit', 'ignore'] });`;
    const caller = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(caller.stdout, 'data');
    caller.kill('SIGKILL');
    // The pipe closes when the last process that holds it has ended.
    await once(caller.stdout, 'close');
    expect(caller.killed).toBe(true);
  });
});
