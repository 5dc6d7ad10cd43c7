import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstScenarioPort } from '../src/scenario-home.ts';
import { useHome } from '../src/use-home.ts';

const port = firstScenarioPort + 780;
const python = 'image: python:3.12-slim';

const project = `name: daily
services:
  dns:
    ${python}
    command:
      - python3
      - -uc
      - |
        import socket
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("0.0.0.0", 5353))
        while True:
            data, sender = s.recvfrom(99)
            s.sendto(data.upper(), sender)
    ports: ["127.0.0.1:${port}:5353/udp", "127.0.0.1:${port}:80"]
  web:
    ${python}
    command: sh -c 'while :; do date +%N > /tmp/now; sleep 0.02; done'
    links: ["dns:names"]
  job: {${python}, command: "sh -c 'sleep 1; exit 4'"}
`;

describe('verbs of every day', () => {
  const home = useHome();
  let cwd = '';
  const compose = (...words: string[]) => home().run(['compose', ...words], { cwd });

  it('must make ready without a start, and start then', async () => {
    cwd = join(home().projects, 'daily');
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'compose.yaml'), project);
    await home().runWell(['compose', 'create'], { cwd });
    expect((await compose('ps', '-a', '--format', 'json', 'job')).stdout).toContain('"State":"created"');
    expect((await compose('ps', '-q')).stdout).toBe('');
    await home().runWell(['compose', 'start'], { cwd });
  });

  it('must wait for what ends, with its code, and tell what happens', async () => {
    const events = home().start(['compose', 'events', '--json'], { cwd });
    const { code, stdout } = await compose('wait', 'job');
    expect([code, stdout]).toEqual([4, 'container "daily-job-1" exited with status code 4\n']);
    await home().runWell(['compose', 'restart', 'web'], { cwd });
    await events.waitFor('"action":"start"');
    events.child.kill('SIGINT');
    const actions = (await events.finished).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { action: string; service: string; type: string });
    expect(actions.filter(({ service }) => service === 'web').map(({ action }) => action)).toEqual(['die', 'start']);
  });

  it('must carry datagrams, from this machine and between services', async () => {
    const socket = createSocket('udp4');
    socket.send('here', port, '127.0.0.1');
    expect(String((await once(socket, 'message'))[0])).toBe('HERE');
    socket.close();
    const ask =
      'import socket; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(5); s.sendto(b"there",("names",5353)); print(s.recv(9))';
    expect((await compose('exec', 'web', 'python3', '-c', ask)).stdout).toBe("b'THERE'\n");
    expect((await compose('port', '--protocol', 'udp', 'dns', '5353')).stdout).toBe(`127.0.0.1:${port}\n`);
    expect((await compose('port', 'dns', '5353')).code).toBe(1);
    expect((await compose('port', 'dns')).stdout).toBe(`5353/udp -> 127.0.0.1:${port}\n80/tcp -> 127.0.0.1:${port}\n`);
  });

  it('must name the workspace that has a port', async () => {
    const other = join(home().projects, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'compose.yaml'), project.replace('name: daily', 'name: other'));
    const { code, stderr } = await home().run(['compose', 'up', '-d', 'dns'], { cwd: other });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/PORT_IN_USE .* the workspace daily-[0-9a-f]{8} /)]);
  });

  it('must have services stand still and go on', async () => {
    await home().runWell(['compose', 'pause', 'web'], { cwd });
    expect((await compose('ps', '--format', 'json', 'web')).stdout).toContain('"State":"paused"');
    expect((await compose('exec', 'web', 'true')).stderr).toContain('CONTAINER_PAUSED');
    expect((await compose('pause', 'web')).code).toBe(1);
    await home().runWell(['compose', 'unpause'], { cwd });
    const moves = 'a=$(cat /tmp/now); until [ "$a" != "$(cat /tmp/now)" ]; do sleep 0.05; done';
    expect((await compose('exec', 'web', 'sh', '-c', moves)).code).toBe(0);
    // What stands still ends when it is asked to.
    await home().runWell(['compose', 'pause', 'web'], { cwd });
    await home().runWell(['compose', 'stop', 'web'], { cwd });
    expect((await compose('ps', '-a', '--format', 'json', 'web')).stdout).toContain('"ExitCode":143');
  });

  it('must show what services use, and run commands as others and in the background', async () => {
    const stats = JSON.parse((await compose('stats', '--no-stream', '--format', 'json', 'dns')).stdout) as object;
    expect(stats).toMatchObject({ Name: 'daily-dns-1', PIDs: expect.stringMatching(/^[1-9]/) });
    expect((await compose('exec', '-u', '4321:0', 'dns', 'id', '-u')).stdout).toBe('4321\n');
    const { stdout: name } = await compose('run', '-d', '--rm', '-e', 'A=b', 'web', 'sh', '-c', 'echo $A; exit 5');
    expect(name).toMatch(/^daily-web-run-[0-9a-f]{12}\n$/);
    const listAll = async () => (await compose('ps', '-a', '--format', 'json')).stdout;
    await expect.poll(listAll).toContain('"ExitCode":5');
    await home().runWell(['compose', 'up', '-d', 'web'], { cwd });
    expect((await compose('ps', '-a', '-q')).stdout).not.toContain('run-');
    expect((await compose('exec', '-d', 'dns', 'sh', '-c', 'sleep 0.2; echo late > /tmp/late')).code).toBe(0);
    const readLate = async () => (await compose('exec', 'dns', 'cat', '/tmp/late')).stdout;
    await expect.poll(readLate).toBe('late\n');
  });

  it('must end with the code of the service that is asked for, and stop all', async () => {
    const words = [
      'up',
      '--no-deps',
      '--exit-code-from',
      'job',
      '--attach',
      'job',
      '--force-recreate',
      '-t',
      '0',
      'job',
    ];
    expect((await compose(...words)).code).toBe(4);
    expect((await compose('ps', '-q')).stdout).toBe('');
  });
});
