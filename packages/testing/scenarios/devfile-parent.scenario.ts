import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import { useHome } from '../src/use-home.ts';

const parent = (greeting: string): string => `schemaVersion: 2.2.2
metadata: {name: company-base}
variables: {greeting: "${greeting}"}
components:
- name: cache
  container:
    image: docker.io/library/redis:7-alpine
    mountSources: true
    env:
    - {name: GREETING, value: "{{greeting}}"}
    - {name: LEVEL, value: company}
commands:
- id: greet
  exec: {component: cache, commandLine: 'echo "$GREETING at $LEVEL"', group: {kind: test, isDefault: true}}
`;

/** The tests follow each other in one workspace. */
describe('a devfile with a parent on a server', () => {
  const home = useHome();
  const texts = new Map([['/base.yaml', parent('hello')]]);
  let server: Server;
  let cwd = '';
  let before: Inventory;

  const call = () => ({ cwd, env: { XDG_CACHE_HOME: join(home().root, 'cache') } });
  const greet = async (): Promise<string> => (await home().runWell(['run', 'test'], call())).stdout;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const text = texts.get(request.url ?? '');
      if (text === undefined) response.writeHead(404).end();
      else response.end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    cwd = home().makeProject(
      'child',
      [
        'schemaVersion: 2.2.2',
        'metadata: {name: child}',
        'parent:',
        `  uri: http://127.0.0.1:${port}/base.yaml`,
        '  components:',
        '  - {name: cache, container: {env: [{name: LEVEL, value: project}]}}',
        '',
      ].join('\n'),
    );
    before = takeInventory(home());
  });
  afterAll(() => server.close());

  it('must run what the parent brings, as the devfile changes it', async () => {
    await home().runWell(['up'], call());
    expect(await greet()).toContain('hello at project');
    const { stdout } = await home().runWell(['why', 'cache.env.LEVEL', '--output', 'json'], call());
    const { answers } = JSON.parse(stdout) as {
      answers: { origins: { kind: string; file: string; line: number }[] }[];
    };
    expect(answers[0]?.origins).toMatchObject([
      { kind: 'override', file: 'devfile.yaml', line: 6 },
      { kind: 'file', line: 11 },
      { kind: 'parent', file: 'devfile.yaml', line: 3 },
    ]);
  });

  it('must follow the parent when that changes', async () => {
    texts.set('/base.yaml', parent('good evening'));
    await home().runWell(['up'], call());
    expect(await greet()).toContain('good evening at project');
  });

  it('must run without the server, and say so', async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await home().runWell(['down'], call());
    const { stderr } = await home().runWell(['up'], call());
    expect(stderr).toContain('devfile.import-stale');
    expect(await greet()).toContain('good evening at project');
    const offline = await home().runWell(['check', '--offline', '--output', 'json'], call());
    expect(JSON.parse(offline.stdout)).toMatchObject({ valid: true, diagnostics: [{ code: 'devfile.import-stale' }] });
  });

  it('leaves nothing', async () => {
    await home().runWell(['down', '--volumes'], call());
    expect(await findRemains(home(), before)).toEqual([]);
  });
});
