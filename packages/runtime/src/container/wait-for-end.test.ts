import { expect, it } from 'vitest';
import { openFakeWorkspace } from './fake-workspace.fixture.ts';
import { waitForEnd } from './wait-for-end.ts';

it.each([
  ['Docker/20.10.24 (linux)', '/containers/db/wait', { StatusCode: 3 }, 'not-running'],
  // Asked by the Docker API, Podman 4 looks without a pause.
  ['Libpod/4.3.1 (linux)', '/libpod/containers/db/wait', 3, 'exited'],
])('%s tells the code of a container when it has ended', async (server, path, answer, condition) => {
  const { context, asked } = await openFakeWorkspace(server, { [path]: answer });
  expect(await waitForEnd(context, 'db', new AbortController().signal)).toBe(3);
  const [api] = path.split('/containers');
  expect(asked.at(-1)).toBe(`POST /v1.41${api}/containers/${context.prefix}-db/wait?condition=${condition}`);
});
