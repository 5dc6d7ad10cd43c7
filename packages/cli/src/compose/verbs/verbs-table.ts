import type { Command } from 'commander';
import type { Io } from '../../io.ts';

type Define = (command: Command, io: Io, done: (exitCode: number) => void) => void;

/** Verbs of docker compose that one module defines. */
interface VerbRow {
  readonly names: readonly string[];
  /** Adds the verbs to `devstead compose`. */
  readonly load: () => Promise<Define>;
}

/** A module that defines one verb, whose command it is given. */
function single(name: string, load: () => Promise<Define>): VerbRow {
  const define = async (): Promise<Define> => {
    const defineVerb = await load();
    return (compose, io, done) => defineVerb(compose.command(name), io, done);
  };
  return { names: [name], load: define };
}

/** Every verb, in the order of the help. A module is loaded only when one of its verbs is called. */
export const verbs: readonly VerbRow[] = [
  single('up', async () => (await import('./changing/define-up.ts')).defineUp),
  single('create', async () => (await import('./changing/define-up.ts')).defineCreate),
  single('down', async () => (await import('./changing/define-down.ts')).defineDown),
  single('watch', async () => (await import('../watch/define-watch.ts')).defineWatch),
  single('ps', async () => (await import('./showing/define-ps.ts')).definePs),
  single('logs', async () => (await import('./showing/define-logs.ts')).defineLogs),
  single('exec', async () => (await import('./inside/define-exec.ts')).defineExec),
  single('run', async () => (await import('../one-off/define-run.ts')).defineRun),
  {
    names: ['stop', 'start', 'restart'],
    load: async () => (await import('./changing/define-lifecycle.ts')).defineLifecycle,
  },
  single('kill', async () => (await import('./changing/define-kill.ts')).defineKill),
  single('rm', async () => (await import('./changing/define-remove.ts')).defineRemove),
  single('scale', async () => (await import('./changing/define-scale.ts')).defineScale),
  { names: ['images', 'pull', 'build'], load: async () => (await import('../images/define-images.ts')).defineImages },
  single('volumes', async () => (await import('./showing/define-volumes.ts')).defineVolumes),
  single('port', async () => (await import('./showing/define-port.ts')).definePort),
  { names: ['pause', 'unpause'], load: async () => (await import('./changing/define-pause.ts')).definePause },
  single('wait', async () => (await import('./changing/define-wait.ts')).defineWait),
  single('events', async () => (await import('./showing/define-events.ts')).defineEvents),
  single('stats', async () => (await import('./showing/define-stats.ts')).defineStats),
  { names: ['top', 'cp'], load: async () => (await import('./inside/define-passed-on.ts')).defineOthers },
  single('config', async () => (await import('../config/define-config.ts')).defineConfig),
  single('ls', async () => (await import('./showing/define-ls.ts')).defineLs),
  single('version', async () => (await import('./showing/define-ls.ts')).defineVersion),
];
