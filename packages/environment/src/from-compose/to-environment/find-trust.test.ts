import { describe, expect, it } from 'vitest';
import { readProject } from '../project.fixture.ts';
import { readEnvironmentFromCompose } from './read-environment.ts';

/** What the service `a` asks for. */
function trustOf(service: string, more = '', files: Record<string, string> = {}): readonly string[] {
  const texts = { 'compose.yaml': `services:\n  a: {image: x, ${service}}\n${more}`, ...files };
  const { project, diagnostics } = readProject(texts);
  if (project === undefined) throw new Error(JSON.stringify(diagnostics));
  const { environment, diagnostics: told } = readEnvironmentFromCompose(project, { nameFile: (path) => path });
  const needs = environment.containers[0]?.service?.trust ?? [];
  const asked = told.filter(({ code }) => code === 'compose.needs-trust');
  expect(asked).toHaveLength(needs.length);
  // Lines of other files may be secrets.
  expect(new Set(asked.map(({ file }) => file))).toEqual(new Set(asked.length === 0 ? [] : ['compose.yaml']));
  return needs.map(({ kind }) => kind);
}

describe('findTrust', () => {
  it.each([
    ['privileged: true', ['privileged']],
    ['privileged: false', []],
    ['network_mode: host', ['host-namespace']],
    ['pid: host, ipc: host, uts: host, userns_mode: host, cgroup: host', Array(5).fill('host-namespace')],
    ['pid: "service:b"', []],
    ['cap_add: [SYS_ADMIN, NET_ADMIN], cap_drop: [ALL]', ['capability', 'capability']],
    [
      'security_opt: ["seccomp:unconfined", "no-new-privileges:true", "label=disable"]',
      ['security-option', 'security-option'],
    ],
    ['devices: ["/dev/fuse"]', ['device']],
    ['gpus: all', ['device']],
    ['use_api_socket: true', ['engine-socket']],
    ['volumes: ["/var/run/docker.sock:/s", "/run/podman/podman.sock:/t"]', ['engine-socket', 'engine-socket']],
    ['volumes: ["./in:/a", "./deep/../in2:/b", "..:/c", "/etc:/d:ro"]', Array(2).fill('outside-project')],
    ['volumes: ["/p-other/x:/a"]', ['outside-project']],
  ])('%s: %j', (service, kinds) => {
    expect(trustOf(service)).toEqual(kinds);
  });

  it('sees through volumes, secrets and configs to the machine’s files', () => {
    const volume = 'volumes: {v: {driver_opts: {type: none, o: bind, device: /srv}}}\n';
    expect(trustOf('volumes: ["vol:/a", "v1:/b"]', volume.replace('{v:', '{v1: {}, vol:'))).toEqual([
      'outside-project',
    ]);
    expect(trustOf('secrets: [s, t]', 'secrets: {s: {file: /etc/shadow}, t: {file: ./t}}\n')).toEqual([
      'outside-project',
    ]);
    expect(trustOf('configs: [c]', 'configs: {c: {file: ../c}}\n')).toEqual(['outside-project']);
  });

  it('sees files of variables outside the project', () => {
    const files = { '../outside.env': 'A=1\n', 'inside.env': 'B=1\n' };
    expect(trustOf('env_file: [inside.env]', '', files)).toEqual([]);
    expect(trustOf('env_file: [inside.env, /p/../outside.env]', '', files)).toEqual(['outside-project']);
    expect(trustOf('env_file: /p/../outside.env, environment: {B: "1"}', '', files)).toEqual(['outside-project']);
  });
});
