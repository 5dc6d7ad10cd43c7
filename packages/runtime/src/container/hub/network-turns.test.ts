import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EngineClient, openEngineClient } from '../engine/engine-client.ts';
import { startFakeEngine } from '../engine/fake-engine.fixture.ts';
import { NetworkTurns } from './network-turns.ts';

/** An engine that tells of events when the test does; `asked` is what it was asked. */
async function openEvents(): Promise<{
  readonly client: EngineClient;
  readonly events: Promise<ServerResponse>;
  readonly asked: string[];
}> {
  const asked: string[] = [];
  let take: (response: ServerResponse) => void = () => undefined;
  const events = new Promise<ServerResponse>((resolve) => {
    take = resolve;
  });
  const socketPath = await startFakeEngine((request, response) => {
    asked.push(decodeURIComponent(request.url ?? ''));
    response.flushHeaders();
    take(response);
  });
  const client = openEngineClient({ socketPath });
  onTestFinished(() => client.close());
  return { client, events, asked };
}

/** A start that ends when the test says so. */
function makeStart(): { readonly start: () => Promise<void>; readonly hasBegun: () => boolean; end: () => void } {
  let isBegun = false;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    start: () => {
      isBegun = true;
      return ended;
    },
    hasBegun: () => isBegun,
    end: () => end(),
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await settle();
}

const connected = '{"Type":"network","Action":"connect"}\n';

async function listenTo(): Promise<{ readonly turns: NetworkTurns; readonly events: ServerResponse }> {
  const { client, events } = await openEvents();
  const turns = new NetworkTurns();
  onTestFinished(() => turns.close());
  await turns.listen(client, ['shop-default']);
  return { turns, events: await events };
}

describe('turns of networks', () => {
  it('ask the engine for what becomes a member of these networks', async () => {
    const { client, events, asked } = await openEvents();
    const turns = new NetworkTurns();
    onTestFinished(() => turns.close());
    await turns.listen(client, ['shop-default', 'shop-other']);
    await events;
    expect(asked).toEqual([
      '/events?filters={"type":["network"],"event":["connect"],"network":["shop-default","shop-other"]}',
    ]);
  });

  it('come when the one before has all its networks, and its start goes on', async () => {
    const { turns, events } = await listenTo();
    const [one, other] = [makeStart(), makeStart()];
    const first = turns.take(2, one.start);
    const second = turns.take(1, other.start);
    await until(one.hasBegun);
    events.write(connected);
    await settle();
    await settle();
    expect(other.hasBegun()).toBe(false);
    events.write(connected);
    await until(other.hasBegun);
    one.end();
    other.end();
    await Promise.all([first, second]);
  });

  it('come when the start before is over, however it ends', async () => {
    const { turns } = await listenTo();
    const failed = turns.take(1, async () => {
      throw new Error('no');
    });
    const other = makeStart();
    const second = turns.take(1, other.start);
    await expect(failed).rejects.toThrow('no');
    await until(other.hasBegun);
    other.end();
    await second;
  });

  it('are waited for by nobody where the engine does not tell', async () => {
    const turns = new NetworkTurns();
    const [one, other] = [makeStart(), makeStart()];
    const both = [turns.take(1, one.start), turns.take(1, other.start)];
    await until(other.hasBegun);
    expect(one.hasBegun()).toBe(true);
    one.end();
    other.end();
    await Promise.all(both);
  });

  it.each(['the engine ends', 'the runtime is left'])('are waited for by nobody when %s', async (how) => {
    const { turns, events } = await listenTo();
    const [one, other] = [makeStart(), makeStart()];
    const both = [turns.take(1, one.start), turns.take(1, other.start)];
    await until(one.hasBegun);
    if (how === 'the engine ends') events.destroy();
    else turns.close();
    await until(other.hasBegun);
    one.end();
    other.end();
    expect(await Promise.all(both)).toEqual([undefined, undefined]);
  });

  it('are not kept by one who shares the network of another', async () => {
    const { turns } = await listenTo();
    const [one, other] = [makeStart(), makeStart()];
    const both = [turns.take(0, one.start), turns.take(1, other.start)];
    await until(other.hasBegun);
    one.end();
    other.end();
    expect(await Promise.all(both)).toEqual([undefined, undefined]);
  });
});
