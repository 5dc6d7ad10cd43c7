import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstScenarioPort, type ScenarioHome } from '../src/scenario-home.ts';
import { holdPort } from '../src/tcp-port.ts';
import { useHome } from '../src/use-home.ts';

const webPort = firstScenarioPort + 700;
const python = 'image: python:3.12-slim';

/** Three tiers in two networks; the one at the back has no way out. */
const shop = `name: shop
services:
  web:
    ${python}
    command: python3 -m http.server 8000 --directory /site
    ports: ["127.0.0.1:${webPort}:8000"]
    volumes: ["./site:/site:ro", "scratch:/scratch"]
    networks: [front]
    tmpfs: /tmp
    read_only: true
    depends_on: {api: {condition: service_healthy}}
  api:
    ${python}
    command: python3 -u -m http.server 9000
    user: "1234"
    networks: {front: {aliases: [backend]}, back: {}}
    environment: {LEVEL: "\${LEVEL:-one}"}
    secrets: [token]
    configs: [{source: conf, target: /etc/shop.conf}]
    restart: unless-stopped
    depends_on:
      db: {condition: service_healthy}
      migrate: {condition: service_completed_successfully}
    healthcheck:
      test: ["CMD", "python3", "-c", "import urllib.request as r; r.urlopen('http://localhost:9000/')"]
      interval: 1s
  migrate:
    ${python}
    command: sh -c 'getent hosts db && echo migrated'
    networks: [back]
    depends_on: {db: {condition: service_started}}
  db:
    image: redis:7
    networks: [back]
    volumes: [data:/data]
    healthcheck: {test: redis-cli ping, interval: 1s}
secrets: {token: {environment: SHOP_TOKEN}}
configs: {conf: {content: "a=b"}}
volumes: {data: {}, scratch: {}}
networks: {front: {}, back: {internal: true}}
`;

function makeProject(home: ScenarioHome, name: string, text: string): string {
  const cwd = join(home.projects, name);
  mkdirSync(join(cwd, 'site'), { recursive: true });
  writeFileSync(join(cwd, 'compose.yaml'), text);
  writeFileSync(join(cwd, 'site/index.html'), 'hello from the site');
  return cwd;
}

describe('a compose project', () => {
  const home = useHome();
  const env = { SHOP_TOKEN: 's3cret-token' };
  let cwd = '';
  const compose = (...words: string[]) => home().run(['compose', ...words], { cwd, env });
  const composeWell = (...words: string[]) => home().runWell(['compose', ...words], { cwd, env });
  const inside = async (service: string, line: string): Promise<string> => {
    const { stdout, stderr } = await compose('exec', service, 'sh', '-c', line);
    return (stdout + stderr).trim();
  };
  const list = async (): Promise<Record<string, string>> => {
    const { stdout } = await composeWell('ps', '-a', '--format', 'json');
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    return Object.fromEntries(rows.map((row) => [row['Service'] ?? '', `${row['State']} ${row['Health']}`.trim()]));
  };

  it('must start each service when those it waits for are ready', async () => {
    cwd = makeProject(home(), 'shop', shop);
    const { stderr } = await composeWell('up', '-d');
    expect(await list()).toEqual({ web: 'running', api: 'running healthy', migrate: 'exited', db: 'running healthy' });
    expect((await composeWell('logs', 'migrate')).stdout).toContain('migrated');
    expect(stderr).not.toContain('s3cret-token');
    expect(await (await fetch(`http://127.0.0.1:${webPort}/`)).text()).toBe('hello from the site');
    expect((await composeWell('port', 'web', '8000')).stdout.trim()).toBe(`127.0.0.1:${webPort}`);
  });

  it('must let services meet by name in their networks, and keep apart what is apart', async () => {
    expect(await inside('web', 'getent hosts backend')).toMatch(/^10\.89\.\d+\.\d+ +api backend$/);
    expect(await inside('api', 'getent hosts db web')).toMatch(/ db\n.* web$/);
    // Neither the name nor the address leads from the front to the back.
    const address = (await inside('api', 'getent hosts db')).split(' ')[0] ?? '';
    const ask = (host: string) =>
      `python3 -c "import socket; s=socket.create_connection(('${host}',6379),2); s.settimeout(2); s.sendall(b'PING\\r\\n'); print(s.recv(9))"`;
    expect(await inside('api', ask('db'))).toContain('PONG');
    expect(await inside('web', ask('db'))).toContain('gaierror');
    expect(await inside('web', ask(address))).not.toContain('PONG');
    // The network at the back leads nowhere: it has no route to all addresses, as that at the front has.
    const toAll = /^\S+\t00000000\t/m;
    expect(await inside('web', 'cat /proc/net/route')).toMatch(toAll);
    expect(await inside('db', 'cat /proc/net/route')).not.toMatch(toAll);
  });

  it('must give services what they ask for', async () => {
    expect(await inside('api', 'id -u; cat /run/secrets/token /etc/shop.conf; echo; echo $LEVEL')).toBe(
      '1234\ns3cret-tokena=b\none',
    );
    expect(await inside('web', 'touch /site/x')).toContain('Read-only');
    expect(await inside('web', 'touch /x')).toContain('Read-only');
    expect(await inside('web', 'touch /tmp/x /scratch/x && echo written')).toBe('written');
    const { stdout } = await home().runWell(['why', 'api.env.LEVEL'], { cwd, env });
    expect(stdout).toMatch(/compose\.yaml:\d+/);
  });

  it('must start again what ends by itself, and leave what was stopped', async () => {
    await inside('api', 'kill 1; true');
    await expect.poll(async () => (await list())['api']).toBe('running healthy');
    await composeWell('stop', 'api');
    expect((await list())['api']).toBe('exited');
    // Others, and what they publish, go on.
    expect((await fetch(`http://127.0.0.1:${webPort}/`)).status).toBe(200);
    await composeWell('start', 'api');
    expect((await list())['api']).toBe('running healthy');
  });

  it('must change only what changed, and show what is left of an earlier project', async () => {
    writeFileSync(
      join(cwd, 'compose.yaml'),
      shop.replace(/^ {2}migrate:\n(?: {4}.*\n)+/m, '').replace(/^ {6}migrate: .*\n/m, ''),
    );
    const { stderr } = await home().runWell(['compose', 'up', '-d'], { cwd, env: { ...env, LEVEL: 'two' } });
    expect(stderr).toMatch(/migrate.*--remove-orphans/);
    expect(await inside('api', 'echo $LEVEL')).toBe('two');
    expect(Object.keys(await list())).toContain('migrate');
    await composeWell('up', '-d', '--remove-orphans');
    expect(Object.keys(await list())).not.toContain('migrate');
  });

  it('must keep data over `down`, and remove all of it with `-v`', async () => {
    await inside('db', 'redis-cli set greeting kept && redis-cli save');
    await composeWell('down');
    expect((await composeWell('ps', '-a', '-q')).stdout).toBe('');
    await composeWell('up', '-d', 'db');
    expect(await inside('db', 'redis-cli get greeting')).toBe('kept');
    // Only what was asked for.
    expect(await list()).toEqual({ db: 'running healthy' });
    await composeWell('down', '-v');
    expect((await home().runWell(['list', '--output', 'json'], { cwd })).stdout).not.toContain('shop');
  });
});

describe('a compose project that cannot run', () => {
  const home = useHome();
  const up = (name: string, services: string) => {
    const cwd = makeProject(home(), name, `name: ${name}\nservices:\n${services}`);
    return home().run(['compose', 'up', '-d'], { cwd });
  };

  it('must fail at once when a service ends, with its last lines and what waits for it', async () => {
    const { code, stderr } = await up(
      'ends',
      `  bad: {${python}, command: "sh -c 'echo no config; exit 3'", healthcheck: {test: exit 1, interval: 60s}}\n` +
        `  web: {${python}, command: sleep infinity, depends_on: {bad: {condition: service_healthy}}}\n`,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/bad ended with code 3[^]*no config[^]*waiting for it: web/);
  });

  it('must say what a check answered that never passes', async () => {
    const { code, stderr } = await up(
      'sick',
      `  bad: {${python}, command: sleep infinity, healthcheck: {test: "echo not yet; exit 1", interval: 100ms, timeout: 3s, retries: 1}}\n`,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/NOT_READY[^]*check: not yet[^]*devstead logs bad/);
    const { stdout } = await home().runWell(['compose', 'ps'], { cwd: join(home().projects, 'sick') });
    expect(stdout).toMatch(/sick-bad-1 .*\(unhealthy\)/);
  });

  it('must say at once that a check cannot be run', async () => {
    const { stderr } = await up(
      'unrunnable',
      `  bad: {${python}, command: sleep infinity, healthcheck: {test: [CMD, no-such-program], interval: 1h}}\n`,
    );
    expect(stderr).toMatch(/NOT_READY[^]*no-such-program/);
  });

  it('must name who has a port', async () => {
    const server = await holdPort('127.0.0.1', webPort + 1);
    const { code, stderr } = await up(
      'taken',
      `  web: {${python}, command: sleep infinity, ports: ["127.0.0.1:${webPort + 1}:80"]}\n`,
    );
    server.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`PORT_IN_USE[^]*${process.pid}[^]*is free`));
  });

  it('must name a folder that is not there', async () => {
    const { code, stderr } = await up(
      'nowhere',
      `  web:\n    ${python}\n    command: sleep infinity\n    volumes: [{type: bind, source: ./gone, target: /gone}]\n`,
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/gone/);
  });
});
