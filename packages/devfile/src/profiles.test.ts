import { describe, expect, it } from 'vitest';
import { readDevfile } from './read-devfile.ts';
import type { Profile } from './types.ts';

const base = `schemaVersion: 2.2.2
components:
- name: app
  container: {image: i}
commands:
- id: run
  exec: {component: app, commandLine: x, group: {kind: run}}
- id: again
  exec: {component: app, commandLine: x, group: {kind: run, isDefault: true}}
- id: inner
  composite: {commands: [run]}
- id: outer
  composite: {commands: [inner]}
`;
const noDefault = base.replace(', isDefault: true', '');
const twoPods = base.replace(
  'container: {image: i}',
  `container: {image: i, endpoints: [{name: a, targetPort: 80}]}
- name: other
  container: {image: i, dedicatedPod: true, endpoints: [{name: b, targetPort: 80}]}`,
);
const httpFile = base.replace('commands:', '- name: k\n  kubernetes: {uri: http-server.yaml}\ncommands:');

async function judge(text: string, profile: Profile) {
  const { diagnostics } = await readDevfile(text, { file: 'devfile.yaml', profile });
  return diagnostics.map(({ code, severity }) => `${severity} ${code}`);
}

describe('profiles', () => {
  it.each([
    ['devfile.prestart-exec', `${base}events: {preStart: [run]}`],
    ['devfile.prestart-exec', `${base}events: {preStart: [outer]}`],
    ['devfile.nested-event-command', `${base}events: {postStart: [outer]}`],
    ['devfile.no-default-command', noDefault],
    ['devfile.duplicate-port', twoPods],
    ['devfile.bad-uri', httpFile],
  ])('takes what gives %s with a warning in compat and refuses it in strict', async (code, text) => {
    expect(await judge(text, 'compat')).toEqual([`warning ${code}`]);
    expect(await judge(text, 'strict')).toEqual([`error ${code}`]);
    const messagesOf = async (profile: Profile) =>
      (await readDevfile(text, { file: 'devfile.yaml', profile })).diagnostics.map(({ message }) => message);
    const [kind] = await messagesOf('compat');
    expect(kind).toBe(`${(await messagesOf('strict'))[0]} (an error in the strict profile)`);
  });

  it('refuses a port of two containers that share a network, whoever else has it', async () => {
    const pods = (...dedicated: boolean[]): string =>
      `schemaVersion: 2.2.2\ncomponents:\n${dedicated
        .map(
          (own, index) =>
            `- {name: c${index}, container: {image: i, dedicatedPod: ${own}, endpoints: [{name: e${index}, targetPort: 80}]}}\n`,
        )
        .join('')}`;
    expect(await judge(pods(true, false, false), 'compat')).toEqual([
      'warning devfile.duplicate-port',
      'error devfile.duplicate-port',
    ]);
    expect(await judge(pods(false, true, true), 'compat')).toEqual([
      'warning devfile.duplicate-port',
      'warning devfile.duplicate-port',
    ]);
  });

  it('finds nothing to say about what both accept', async () => {
    expect(await judge(`${base}events: {postStart: [RUN, inner]}`, 'strict')).toEqual([]);
    expect(await judge(`${base}events: {postStart: [RUN, inner]}`, 'compat')).toEqual([]);
  });
});
