import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useHome } from '../src/use-home.ts';

const project = `name: keys
services:
  web:
    image: python:3.12-slim
    entrypoint: [sh, -c]
    # It makes no process later: at the limit of them it would end.
    command: ["trap 'echo usr1; exit 6' USR1; sleep infinity & wait"]
    working_dir: /srv/app
    user: "1234:5"
    group_add: ["77"]
    hostname: front
    env_file: [web.env]
    environment: {LEVEL: two}
    init: true
    shm_size: 24m
    tmpfs: ["/scratch:size=3m,mode=1777"]
    ulimits: {nofile: {soft: 321, hard: 654}}
    mem_limit: 96m
    cpus: 1.5
    pids_limit: 77
    sysctls: {net.ipv4.ip_unprivileged_port_start: "80"}
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    read_only: true
    extra_hosts: ["away=10.9.8.7", "machine=host-gateway"]
    dns: [10.1.2.3]
    dns_search: [example.org]
    stop_signal: SIGUSR1
    stop_grace_period: 5s
    expose: ["8000"]
    labels: {team: a}
    volumes:
      - {type: volume, source: data, target: /part, volume: {subpath: sub}}
      - {type: tmpfs, target: /more, tmpfs: {size: 1048576}}
      - {type: bind, source: ./shown, target: /shown, read_only: true}
    depends_on: {seed: {condition: service_completed_successfully}}
  seed:
    image: python:3.12-slim
    user: root
    command: sh -c 'mkdir -p /data/sub && echo seeded > /data/sub/file'
    volumes: ["data:/data"]
volumes: {data: {}}
`;

describe('the keys of a service', () => {
  const home = useHome();
  let cwd = '';
  const inside = async (line: string): Promise<string> => {
    const { stdout, stderr } = await home().run(['compose', 'exec', '-T', 'web', 'sh', '-c', line], { cwd });
    return (stdout + stderr).trim();
  };

  it('must hold in its container', async () => {
    cwd = join(home().projects, 'keys');
    mkdirSync(join(cwd, 'shown'), { recursive: true });
    writeFileSync(join(cwd, 'shown/file'), 'shown\n');
    writeFileSync(join(cwd, 'web.env'), 'LEVEL=one\nFROM_FILE=yes\n');
    writeFileSync(join(cwd, 'compose.yaml'), project);
    await home().runWell(['compose', 'up', '-d'], { cwd });
    expect(await inside('pwd; id -u; id -g; id -G; hostname; echo $LEVEL $FROM_FILE')).toBe(
      '/srv/app\n1234\n5\n5 77\nfront\ntwo yes',
    );
    expect(await inside('df -k --output=size /dev/shm /scratch /more | tail -3 | tr -d " "')).toBe('24576\n3072\n1024');
    expect(await inside('ulimit -Sn; ulimit -Hn; cat /proc/sys/net/ipv4/ip_unprivileged_port_start')).toBe(
      '321\n654\n80',
    );
    expect(await inside('grep -E "CapBnd|NoNewPrivs" /proc/self/status | tr "\\t" " "')).toBe(
      'CapBnd: 0000000000000000\nNoNewPrivs: 1',
    );
    expect(await inside('getent hosts away; getent hosts machine | wc -l; cat /etc/resolv.conf')).toMatch(
      /^10\.9\.8\.7 +away\n1\nsearch example\.org\nnameserver 10\.1\.2\.3$/,
    );
    expect(await inside('cat /part/file /shown/file; touch /x /shown/x 2>&1 | grep -c Read-only')).toBe(
      'seeded\nshown\n2',
    );
  });

  it('must hold at its limits and its end', async () => {
    const { stdout } = await home().run(['compose', 'stats', '--no-stream', '--format', 'json', 'web'], { cwd });
    expect(stdout).toContain('/ 96MiB');
    const fork = 'for i in $(seq 99); do sleep 3 & done 2>&1 | grep -c fork; exit 0';
    expect(await inside(fork)).toMatch(/fork|[1-9]/i);
    await home().runWell(['compose', 'stop', 'web'], { cwd });
    const { stdout: rows } = await home().run(['compose', 'ps', '-a', '--format', 'json', 'web'], { cwd });
    expect(rows).toContain('"ExitCode":6');
    expect((await home().run(['compose', 'logs', 'web'], { cwd })).stdout).toContain('usr1');
  });
});
