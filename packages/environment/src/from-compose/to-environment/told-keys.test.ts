import { describe, expect, it } from 'vitest';
import { readProject } from '../project.fixture.ts';
import { readEnvironmentFromCompose } from './read-environment.ts';

/** What is told of a service, by its path. */
function tellOf(service: string, rest = ''): string[] {
  const reading = readProject(`name: a\nservices:\n  web: {image: x, ${service}}\n${rest}`);
  if (reading.project === undefined) throw new Error(JSON.stringify(reading.diagnostics));
  const { diagnostics } = readEnvironmentFromCompose(reading.project, { nameFile: (path) => path });
  return [...reading.diagnostics, ...diagnostics].map(({ code, path, severity }) => `${severity} ${code} ${path}`);
}

const ignored = (path: string, severity = 'warning'): string => `${severity} compose.ignored-key ${path}`;

describe('what is told of keys without effect', () => {
  it.each([
    ['tty: true, stdin_open: false, oom_kill_disable: false', [ignored('services.web.tty')]],
    [
      'mem_reservation: 1g, attach: false',
      [ignored('services.web.mem_reservation', 'info'), ignored('services.web.attach', 'info')],
    ],
    ['ports: ["80:80/sctp", "81:81/udp"]', [ignored('services.web.ports')]],
    [
      'links: [], init: true, develop: {watch: [{action: sync+exec, path: ., target: /a, exec: {command: a, environment: {A: b}}}]}',
      [],
    ],
  ] as const)('%s', (service, told) => {
    expect(tellOf(service)).toEqual(told);
  });

  it('asks before files outside the project are brought into a service', () => {
    const watch = (action: string, path: string) =>
      tellOf(`build: ., develop: {watch: [{action: ${action}, path: ${path}, target: /a}]}`);
    expect(watch('sync', '/etc')).toEqual(['warning compose.needs-trust services.web']);
    expect(watch('sync', './src')).toEqual([]);
    expect(watch('rebuild', '../other')).toEqual([]);
  });

  it('names what is somebody else’s and is not there', () => {
    const rest = 'secrets: {key: {external: true}}\nvolumes: {data: {external: true}, own: {external: false}}\n';
    expect(tellOf('secrets: [key], volumes: ["data:/data", "own:/own"]', rest).toSorted()).toEqual([
      ignored('secrets.key.external'),
      ignored('volumes.data.external'),
    ]);
  });
});
