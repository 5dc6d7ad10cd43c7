import { describe, expect, it } from 'vitest';
import type { Devfile } from '../types.ts';
import { checkRules } from './check-rules.ts';

const app = { name: 'app', container: { image: 'i' } };
const exec = (id: string, component = 'app') => ({ id, exec: { component, commandLine: 'x' } });
const git = (remotes: Record<string, string>, remote?: string) => ({
  git: { remotes, ...(remote === undefined ? {} : { checkoutFrom: { remote } }) },
});

function findIn(devfile: Omit<Devfile, 'schemaVersion'>) {
  return checkRules({ schemaVersion: '2.2.2', ...devfile }, 'strict').map(
    ({ severity, code, path }) => `${severity} ${code.replace('devfile.', '')} ${path.join('.')}`,
  );
}

describe('rules', () => {
  it.each<[string, Omit<Devfile, 'schemaVersion'>, string[]]>([
    [
      'same component name',
      { components: [app, app, app] },
      ['error duplicate-component components.1.name', 'error duplicate-component components.2.name'],
    ],
    [
      'a port out of range',
      { components: [{ name: 'k', kubernetes: { uri: 'a.yaml', endpoints: [{ name: 'e', targetPort: 0 }] } }] },
      ['warning port-range components.0.kubernetes.endpoints.0.targetPort'],
    ],
    [
      'an empty image',
      { components: [{ name: 'c', container: { image: ' ' } }] },
      ['warning empty-image components.0.container.image'],
    ],
    [
      'annotations of one pod',
      {
        components: ['1', '2', '1'].map((value, index) => ({
          name: `c${index}`,
          container: { image: 'i', annotation: { service: { a: value }, deployment: { a: 'same' } } },
        })),
      },
      ['error conflicting-annotation components.1.container.annotation.service.a'],
    ],
    [
      'annotations of two pods',
      {
        components: [false, true].map((dedicatedPod, index) => ({
          name: `c${index}`,
          container: { image: 'i', dedicatedPod, annotation: { service: { a: String(index) } } },
        })),
      },
      [],
    ],
    [
      'a volume size that is empty',
      {
        components: [
          { name: 'c', container: { image: 'i', volumeMounts: [{ name: 'v' }], memoryLimit: '' } },
          { name: 'v', volume: { size: '' } },
        ],
      },
      [],
    ],
    [
      'addresses',
      {
        components: [
          'a%zz',
          'http://a b/',
          'http://[::1',
          'a\u0007',
          'dir/a%20b.yaml',
          'https://example.com/a?b#c',
        ].map((uri, index) => ({ name: `k${index}`, kubernetes: { uri } })),
      },
      [
        'error bad-uri components.0.kubernetes.uri',
        'error bad-uri components.1.kubernetes.uri',
        'error bad-uri components.2.kubernetes.uri',
        'error bad-uri components.3.kubernetes.uri',
      ],
    ],
    [
      'commands in wrong components',
      {
        components: [app, { name: 'v', volume: { size: '1Gi' } }, { name: 'i', image: { imageName: 'i' } }],
        commands: [
          exec('a', 'i'),
          { id: 'b', apply: { component: 'v' } },
          { id: 'c', apply: { component: 'i' } },
          { id: 'd' },
          exec('a'),
        ],
      },
      [
        'warning unused-volume components.1.name',
        'error duplicate-command commands.4.id',
        'error wrong-component commands.0.exec.component',
        'error wrong-component commands.1.apply.component',
        'error unsupported-command commands.3',
      ],
    ],
    [
      'an empty command line',
      { components: [app], commands: [{ id: 'a', exec: { component: 'app', commandLine: '' } }] },
      ['warning empty-command-line commands.0.exec.commandLine'],
    ],
    [
      'circles, and only the commands on them',
      {
        components: [app],
        commands: [
          { id: 'to', composite: { commands: ['a'] } },
          { id: 'a', composite: { commands: ['b', 'leaf'] } },
          { id: 'b', composite: { commands: ['a'] } },
          { id: 'self', composite: { commands: ['self'] } },
          exec('leaf'),
        ],
        events: { postStart: ['to', 'leaf'] },
      },
      [
        'error composite-cycle commands.1.composite.commands.0',
        'error composite-cycle commands.2.composite.commands.0',
        'error composite-cycle commands.3.composite.commands.0',
      ],
    ],
    [
      'two ways to the same command',
      {
        components: [app],
        commands: [
          { id: 'top', composite: { commands: ['l', 'r', 'l'] } },
          { id: 'l', composite: { commands: ['leaf'] } },
          { id: 'r', composite: { commands: ['leaf'] } },
          exec('leaf'),
        ],
      },
      [],
    ],
    [
      'three defaults',
      {
        components: [app],
        commands: ['a', 'b', 'c'].map((id) => ({
          id,
          exec: { component: 'app', commandLine: 'x', group: { kind: 'run', isDefault: true } as const },
        })),
      },
      [
        'error many-default-commands commands.1.exec.group.isDefault',
        'error many-default-commands commands.2.exec.group.isDefault',
      ],
    ],
    [
      'apply where exec is wanted',
      {
        components: [app],
        commands: [{ id: 'a', apply: { component: 'app' } }, exec('b')],
        events: { postStart: ['a'], preStop: ['a'], postStop: ['b'], preStart: ['a'] },
      },
      [
        'error wrong-event-command events.postStart.0',
        'error wrong-event-command events.preStop.0',
        'error wrong-event-command events.postStop.0',
      ],
    ],
    [
      'remotes',
      {
        components: [{ name: 'i', image: { imageName: 'i', dockerfile: git({}) } }],
        projects: [
          { name: 'a', ...git({ o: 'x' }, 'p') },
          { name: 'b', ...git({ o: 'x', p: 'y' }, 'p') },
          { name: 'c', ...git({ o: 'x', p: 'y' }) },
        ],
        dependentProjects: [{ name: 'd', ...git({}) }],
        starterProjects: [{ name: 'e', ...git({ o: 'x', p: 'y' }, 'p') }],
      },
      [
        'error missing-remote components.0.image.dockerfile.git.remotes',
        'error unknown-remote projects.0.git.checkoutFrom.remote',
        'error ambiguous-remote projects.2.git.remotes',
        'warning missing-remote dependentProjects.0.git.remotes',
        'error too-many-remotes starterProjects.0.git.remotes',
      ],
    ],
    [
      'projects that meet',
      {
        projects: [
          { name: 'a', zip: {} },
          { name: 'a', zip: {} },
          { name: 'b', clonePath: './c/', zip: {} },
          { name: 'x', clonePath: '/etc', zip: {} },
        ],
        dependentProjects: [
          { name: 'c', zip: {} },
          { name: 'd', clonePath: 'a/../../b', zip: {} },
        ],
      },
      [
        'warning duplicate-project projects.1.name',
        'warning duplicate-clone-path dependentProjects.0.name',
        'warning clone-path-escape projects.3.clonePath',
        'warning clone-path-escape dependentProjects.1.clonePath',
      ],
    ],
  ])('judges %s', (_name, devfile, expected) => {
    expect(findIn(devfile)).toEqual(expected);
  });
});
