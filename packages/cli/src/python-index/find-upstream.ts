import { runProcess } from '@devstead/runtime/index-service';
import type { Io } from '../io.ts';
import { readPipSettings } from '../pip-settings.ts';
import { readConfiguration, readFolders } from '../settings.ts';

interface Listening {
  readonly host: string;
  readonly port: number;
  readonly outsideUrl?: string;
}

/**
 * The index that `root/pypi` mirrors: of the configuration, else of the environment, else of pip's files. One that is this
 * very server is none: clients may be configured for it already.
 */
export function findUpstream(io: Io, listening: Listening): string | undefined {
  const configured = readConfiguration(io, io.cwd).entries.find(({ key }) => key.path === 'index.upstream')?.value;
  const pip = readPipSettings(io, readFolders(io).home).find(({ name }) => name === 'PIP_INDEX_URL')?.value;
  const candidates = [
    typeof configured === 'string' ? configured : undefined,
    io.env['PIP_INDEX_URL'],
    io.env['UV_DEFAULT_INDEX'],
    io.env['UV_INDEX_URL'],
    pip,
  ];
  return candidates.find((url) => url !== undefined && URL.canParse(url) && !isOwn(new URL(url), listening));
}

function isOwn(url: URL, { host, port, outsideUrl }: Listening): boolean {
  if (outsideUrl !== undefined && URL.canParse(outsideUrl) && new URL(outsideUrl).host === url.host) return true;
  const own = ['localhost', '127.0.0.1', '[::1]', 'index.devstead.internal', host];
  return own.includes(url.hostname) && Number(url.port || (url.protocol === 'https:' ? 443 : 80)) === port;
}

const pipMs = 20_000;

/** What pip uses by itself: it tells in its help. `undefined` where there is no pip. */
export async function askPip(io: Io): Promise<string | undefined> {
  for (const python of ['python3', 'python']) {
    try {
      const path = io.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin';
      const { code, stdout } = await runProcess([python, '-m', 'pip', 'install', '--help'], {
        env: { PATH: path, COLUMNS: '1000', PIP_DISABLE_PIP_VERSION_CHECK: '1' },
        signal: AbortSignal.any([io.signal, AbortSignal.timeout(pipMs)]),
      });
      const url = /--index-url[^(]*\(default\s+([^)\s]+)\)/.exec(stdout)?.[1];
      if (code === 0 && url !== undefined && URL.canParse(url)) return url;
    } catch {
      // It is not there, or too slow; the next one may be.
    }
  }
  return undefined;
}
