import type { Command, Events } from '../types.ts';
import type { Reading } from './reading.ts';

/** The ids of the commands bound to each event; letter case does not count in the file (devfile 2, 1.7). */
export function readEvents(reading: Reading, commands: readonly Command[]): Events {
  const ids = new Map(commands.map(({ id }) => [id.toLowerCase(), id]));
  const readEvent = (event: keyof Events): readonly string[] =>
    reading
      .take(
        `events.${event}`,
        { at: ['events', event], value: reading.devfile.events?.[event] },
        { value: [], rule: `no command is bound to ${event} unless said` },
      )
      .map((name) => ids.get(name.toLowerCase()) ?? name);
  return {
    preStart: readEvent('preStart'),
    postStart: readEvent('postStart'),
    preStop: readEvent('preStop'),
    postStop: readEvent('postStop'),
  };
}
