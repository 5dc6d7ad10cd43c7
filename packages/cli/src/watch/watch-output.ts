import { type Colour, paint } from '../colour.ts';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';
import type { WatchEvent } from './watch-event.ts';

/** Says what happens: for people on stderr, because stdout is the program's; as JSON on stdout, one object a line. */
export function makeWatchOutput(io: Io, format: 'text' | 'json'): (event: WatchEvent) => void {
  if (format === 'json') {
    return (event) => {
      const at = new Date(io.clock.now()).toISOString();
      io.stdout.write(`${JSON.stringify({ schemaVersion: 'watch-event/v1', at, ...event })}\n`);
    };
  }
  const { hasColour } = io.stderr;
  return (event) => {
    const line = renderEvent(event);
    if (line === undefined) return;
    const [colour, word, text] = line;
    io.stderr.write(`  ${paint(colour, word.padEnd(9), hasColour)} ${harmlessText(text, false)}\n`);
  };
}

function renderEvent(event: WatchEvent): [colour: Colour, word: string, text: string] | undefined {
  switch (event.event) {
    case 'watching':
      return [
        'cyan',
        'watching',
        `${event.folders.join(', ')}  (${event.folderCount} folders, ${renderMs(event.durationMs)})`,
      ];
    case 'changed':
      return ['cyan', 'changed', renderChange(event)];
    case 'unaffected':
      return ['grey', 'nothing', `to restart: ${event.command} reloads by itself (hotReloadCapable)`];
    case 'build.started':
      return ['cyan', 'build', event.command];
    case 'build.skipped':
      return event.reason === 'event'
        ? ['grey', 'build', `${event.command} was run when the workspace started`]
        : undefined;
    case 'build.ended':
      return event.exitCode === 0
        ? ['green', 'built', `${event.command}  ${renderMs(event.durationMs)}`]
        : [
            'red',
            'failed',
            `${event.command} ended with code ${event.exitCode}; what runs stays as it is until the next change`,
          ];
    case 'restart.started':
      return ['cyan', 'restart', `${event.command}  ${renderMs(event.sinceChangeMs)} after the change`];
    case 'run.started':
      return event.wasForced === true
        ? ['green', 'run', `${event.command}  (the one before did not end when asked, and was ended by force)`]
        : ['green', 'run', event.command];
    case 'run.ended':
      return [
        event.exitCode === 0 ? 'grey' : 'red',
        'ended',
        `${event.command} with code ${event.exitCode}; the next change starts it again`,
      ];
    case 'devfile.changed':
      return ['yellow', 'devfile', renderDevfileChange(event)];
    case 'devfile.invalid':
      return ['red', 'devfile', `${event.message}; the workspace goes on as it is`];
    case 'environment.changed':
      return ['cyan', 'devfile', 'the workspace was brought up anew'];
    case 'sync.started':
      return undefined;
    case 'sync.ended':
      return [
        'green',
        'synced',
        `${event.count} to ${event.service}  ${renderMs(event.sinceChangeMs ?? event.durationMs)}`,
      ];
    case 'exec.ended':
      return event.exitCode === 0
        ? ['green', 'exec', `${event.command.join(' ')}  ${renderMs(event.durationMs)}`]
        : ['red', 'exec', `${event.command.join(' ')} in ${event.service} ended with code ${event.exitCode}`];
    case 'services.restarted':
      return ['green', 'restart', `${event.services.join(', ')}  ${renderMs(event.sinceChangeMs)} after the change`];
    case 'rebuild.started':
      return ['cyan', 'rebuild', event.services.join(', ')];
    case 'rebuild.ended':
      return ['green', 'rebuilt', `${event.services.join(', ')}  ${renderMs(event.durationMs)}`];
    case 'rebuild.failed':
      return ['red', 'failed', `${event.message}; ${event.services.join(', ')} goes on as before`];
    case 'note':
      return ['yellow', 'note', event.text];
    case 'ended':
      return event.reason === 'interrupted' ? undefined : ['cyan', 'ended', endings[event.reason]];
  }
}

const endings = {
  'workspace-stopped': 'the workspace was stopped',
  'folder-gone': 'the project’s folder is gone',
} as const;

const shownPaths = 3;

function renderChange({ paths, count, isPartial, branch }: Extract<WatchEvent, { event: 'changed' }>): string {
  const shown = paths.slice(0, shownPaths).join(', ');
  const more =
    count > shownPaths ? ` and ${(count - shownPaths).toLocaleString('en')}${isPartial ? ' or' : ''} more` : '';
  return branch === undefined ? `${shown}${more}` : `branch ${branch.from} to ${branch.to}: ${shown}${more}`;
}

function renderDevfileChange({
  file,
  differences,
  isApplied,
}: Extract<WatchEvent, { event: 'devfile.changed' }>): string {
  const what = `${file} changed: ${differences.join(', ')}`;
  return isApplied ? `${what}; applying it` : `${what}; \`devstead up\` applies it, and watch goes on from there`;
}

function renderMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
