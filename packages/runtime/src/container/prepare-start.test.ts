import { expect, it } from 'vitest';
import { openFakeWorkspace } from './fake-workspace.fixture.ts';
import { prepareStart } from './prepare-start.ts';

const podman = 'Libpod/4.3.1 (linux)';

it('brings a container as far as it can be without its program', async () => {
  const { context, asked } = await openFakeWorkspace(podman, { '/libpod/containers/web/init': {} });
  await prepareStart(context, 'web');
  expect(asked.at(-1)).toBe(`POST /v1.41/libpod/containers/${context.prefix}-web/init`);
});

it('lets what is wanted now go first', async () => {
  const { context, asked } = await openFakeWorkspace(podman, { '/libpod/containers/web/init': {} });
  let end: () => void = () => undefined;
  const wanted = context.held.doNow(() => new Promise<void>((resolve) => (end = resolve)));
  const prepared = prepareStart(context, 'web');
  await context.capabilities();
  const before = asked.filter((one) => one.includes('/init'));
  end();
  await Promise.all([wanted, prepared]);
  expect(before).toEqual([]);
  expect(asked.at(-1)).toContain('/init');
});
