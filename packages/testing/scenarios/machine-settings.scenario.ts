import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useHome } from '../src/use-home.ts';

const bundle = (name: string): string => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

describe('settings of the machine in containers', () => {
  const home = useHome();
  const write = (name: string, text: string): string => {
    const path = join(home().root, name);
    writeFileSync(path, text);
    return path;
  };

  it('must have the machine’s CA bundle, its proxies and pip’s settings', async () => {
    const cwd = home().copyFixture('commands', 'machine');
    const env = {
      SSL_CERT_FILE: write('machine.pem', bundle('machine')),
      HTTPS_PROXY: 'http://proxy.example.com:3128',
      NO_PROXY: 'localhost,.example.com',
      PIP_INDEX_URL: 'https://index.example.com/simple/',
      DEVSTEAD_INDEX_WORKSPACES: 'false',
    };
    await home().runWell(['up'], { cwd, env });
    const { stdout } = await home().runWell(['exec', 'dev', 'sh', '-c', 'cat "$SSL_CERT_FILE"; env'], { cwd, env });
    expect(stdout).toContain(bundle('machine'));
    const values = new Map(
      stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    for (const name of ['PIP_CERT', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO']) {
      expect(values.get(name), name).toBe(values.get('SSL_CERT_FILE'));
    }
    expect(values.get('HTTPS_PROXY')).toBe(env.HTTPS_PROXY);
    expect(values.get('NO_PROXY')).toBe(env.NO_PROXY);
    expect(values.get('PIP_INDEX_URL')).toBe(env.PIP_INDEX_URL);
  });

  it('must have the configured CA bundle, which wins over the machine’s', async () => {
    const cwd = home().copyFixture('commands', 'configured');
    const env = {
      SSL_CERT_FILE: write('machine.pem', bundle('machine')),
      DEVSTEAD_CA_BUNDLE: write('configured.pem', bundle('configured')),
    };
    await home().runWell(['up'], { cwd, env });
    const { stdout } = await home().runWell(['exec', 'dev', 'sh', '-c', 'cat "$SSL_CERT_FILE" "$PIP_CERT"'], {
      cwd,
      env,
    });
    expect(stdout).toBe(bundle('configured').repeat(2));
  });

  it('must not replace what the devfile sets', async () => {
    const cwd = home().makeProject(
      'own-index',
      'schemaVersion: 2.2.2\nmetadata: {name: own-index}\ncomponents:\n  - name: dev\n    container:\n      image: docker.io/library/python:3.11\n      env: [{name: PIP_INDEX_URL, value: "https://own.example.com/"}]\n',
    );
    const env = { PIP_INDEX_URL: 'https://index.example.com/simple/' };
    await home().runWell(['up'], { cwd, env });
    // Beside the index of this machine as well.
    expect((await home().runWell(['exec', 'dev', 'printenv', 'DEVPI_URL'], { cwd, env })).code).toBe(0);
    expect((await home().runWell(['exec', 'dev', 'printenv', 'PIP_INDEX_URL'], { cwd, env })).stdout).toBe(
      'https://own.example.com/\n',
    );
  });

  it('must not let a repository widen trust', async () => {
    const cwd = home().copyFixture('commands', 'trust');
    const folder = join(cwd, '.devstead');
    mkdirSync(folder);
    writeFileSync(join(folder, 'config.yaml'), `ca:\n  bundle: ${write('evil.pem', bundle('evil'))}\n`);
    const { code, stderr } = await home().run(['up'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/config\.not-in-repository/);
  });
});

describe('secrets', () => {
  const home = useHome();
  const canaries = [
    'canary-password-1',
    'canary-token-2',
    'canary-proxy-3',
    'canary-index-4',
    'canary-call-5',
    'canary-token-6',
  ];
  const env = {
    HTTPS_PROXY: 'http://user:canary-proxy-3@proxy.example.com:3128',
    PIP_INDEX_URL: 'https://user:canary-index-4@index.example.com/simple/',
    DEVSTEAD_INDEX_TOKEN: 'canary-token-6',
  };
  const devfile = `schemaVersion: 2.2.2
metadata: {name: secrets}
components:
  - name: dev
    container:
      image: docker.io/library/python:3.11
      env: [{name: DATABASE_PASSWORD, value: canary-password-1}]
commands:
  - id: greet
    exec:
      component: dev
      commandLine: test "$TOKEN$DATABASE_PASSWORD" = canary-token-2canary-password-1
      env: [{name: TOKEN, value: canary-token-2}]
events:
  postStart: [greet]
`;

  it('must not show in progress, results, events, logs or command lines', async () => {
    const cwd = home().makeProject('secrets', devfile);
    const up = await home().runWell(['up'], { cwd, env });
    const other = home().start(['exec', '--env', 'CALL=canary-call-5', 'dev', 'sh', '-c', 'echo ready; sleep 2'], {
      cwd,
      env,
    });
    await other.waitFor('ready');
    const commandLines = listCommandLines(other.pid);
    // The token is a file of the container's user alone, and in no description of the container.
    const read = await home().runWell(
      ['exec', 'dev', 'sh', '-c', 'cat "$DEVPI_TOKEN_FILE"; stat -c %a "$DEVPI_TOKEN_FILE"'],
      { cwd, env },
    );
    expect(read.stdout).toBe('canary-token-6400\n');
    const plan = await home().runWell(['up', '--dry-run', '--output', 'json'], {
      cwd,
      env: { ...env, DEVSTEAD_PORTS_FIRST: '30001' },
    });
    const why = await home().runWell(['why', 'DEVPI_TOKEN_FILE'], { cwd, env });
    const config = await home().runWell(['config'], { cwd, env });
    await other.finished;
    const status = await home().run(['status'], { cwd, env });
    const logs = await home().run(['logs'], { cwd, env });
    const [id = ''] = readdirSync(join(home().state, 'workspaces'));
    const workspace = join(home().state, 'workspaces', id);
    const shown = {
      progress: up.stderr,
      result: up.stdout,
      status: status.stdout + status.stderr,
      logs: logs.stdout + logs.stderr,
      events: readFileSync(join(workspace, 'events.jsonl'), 'utf8'),
      supervisor: readFileSync(join(workspace, 'supervisor.log'), 'utf8'),
      'command lines': commandLines,
      why: why.stdout,
      config: config.stdout,
      made: readFileSync(join(workspace, 'containers/dev/made.json'), 'utf8').replaceAll(
        /canary-(?:password-1|proxy-3|index-4)/g,
        '',
      ),
      plan: plan.stdout.replaceAll(/canary-(?:password-1|proxy-3|index-4)/g, ''),
    };
    for (const [place, text] of Object.entries(shown)) {
      expect(
        canaries.filter((canary) => text.includes(canary)),
        place,
      ).toEqual([]);
    }
  });
});

/** Command lines of all processes but the one the user typed, which says what the user wrote. */
function listCommandLines(typed: number): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== typed);
  return pids
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}
