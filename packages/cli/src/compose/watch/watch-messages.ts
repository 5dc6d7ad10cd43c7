import { harmlessText } from '../../harmless-text.ts';
import type { Io } from '../../io.ts';
import type { WatchEvent } from '../../watch/watch-event.ts';

/** Says what happens as docker compose does, word for word where it says it too. */
export function makeComposeOutput(io: Io, options: { readonly isDry: boolean }): (event: WatchEvent) => void {
  const dry = options.isDry ? 'DRY-RUN MODE - ' : '';
  return (event) => {
    const text = describeEvent(event);
    if (text !== undefined) io.stdout.write(` ⦿ ${dry}${harmlessText(text, false)}\n`);
  };
}

function describeEvent(event: WatchEvent): string | undefined {
  switch (event.event) {
    case 'watching':
      return 'Watch enabled';
    case 'sync.started':
      return event.isInitial
        ? `Syncing service "${event.service}" with ${event.count} files`
        : `Syncing service "${event.service}" after ${event.count} changes were detected`;
    case 'services.restarted':
      return `service(s) ${quoteList(event.services)} restarted`;
    case 'rebuild.started':
      return `Rebuilding service(s) ${quoteList(event.services)} after changes were detected...`;
    case 'rebuild.ended':
      return `service(s) ${quoteList(event.services)} successfully built`;
    case 'rebuild.failed':
      return `Build failed. Error: ${event.message}`;
    case 'exec.ended':
      return event.exitCode === 0
        ? undefined
        : `exec of ${event.command.join(' ')} in "${event.service}" ended with code ${event.exitCode}`;
    case 'note':
      return event.text;
    case 'ended':
      return event.reason === 'interrupted' ? undefined : 'Watch disabled: the project was stopped';
    default:
      return undefined;
  }
}

/** As Go prints a list of texts. */
function quoteList(words: readonly string[]): string {
  return `[${words.map((word) => `"${word}"`).join(' ')}]`;
}
