import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

type Environment = Readonly<Record<string, string | undefined>>;

/** A program that shows an address, and the words before it. */
export type BrowserCommand = readonly [program: string, ...words: string[]];

/** How long a program may take to say that it cannot; one that shows something runs on or has handed it over. */
const settleMs = 1500;

/**
 * Programs that would show an address to the user, best first: what `BROWSER` names (as editors set it for their
 * terminals), then the desktop's own, where there is one.
 */
export function listBrowsers(platform: NodeJS.Platform, env: Environment): BrowserCommand[] {
  const named = (env['BROWSER'] ?? '')
    .split(delimiter)
    .map((entry) => entry.split(/\s+/).filter((word) => word !== '' && word !== '%s'))
    .flatMap(([program, ...words]): BrowserCommand[] => (program === undefined ? [] : [[program, ...words]]));
  if (platform === 'darwin') return [...named, ['open']];
  const isWindows = (env['WSL_DISTRO_NAME'] ?? '') !== '';
  const hasDisplay = (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
  return [...named, ...(isWindows ? [['wslview'] as const] : []), ...(hasDisplay ? [['xdg-open'] as const] : [])];
}

/**
 * Shows an address by the first of the programs that can; false when none could. No shell sees the address. One that still
 * runs after `waitMs` shows it.
 */
export async function openBrowser(
  browsers: readonly BrowserCommand[],
  url: string,
  env: Environment,
  waitMs = settleMs,
): Promise<boolean> {
  for (const [program, ...words] of browsers) {
    if (isProgram(program, env) && (await start([program, ...words, url], env, waitMs))) return true;
  }
  return false;
}

function isProgram(program: string, env: Environment): boolean {
  const places = program.includes('/') ? [''] : (env['PATH'] ?? '').split(delimiter);
  return places.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function start([program = '', ...args]: readonly string[], env: Environment, waitMs: number): Promise<boolean> {
  const child = spawn(program, args, { detached: true, stdio: 'ignore', env: { ...env } });
  const ended = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
  child.unref();
  const waiting = new AbortController();
  const stays = delay(waitMs, true, { signal: waiting.signal });
  stays.catch(() => undefined);
  return Promise.race([ended, stays]).finally(() => waiting.abort());
}
