import type { Component } from '@devstead/devfile';
import { describe, expect, it } from 'vitest';
import { readObject } from './read-object.fixture.ts';

const apply = (component: string) => [{ id: `apply-${component}`, apply: { component } }];

describe('the args of an image', () => {
  it('are options of an engine, of which builds have two', () => {
    const args = ['--build-arg=A=1', '--build-arg', 'B=x=y', 'C=3', '--target', 'dev', '--no-cache'];
    const { environment, diagnostics } = readObject({
      components: [{ name: 'i', image: { imageName: 'x', dockerfile: { uri: 'Dockerfile', args } } }],
    });
    expect(environment.artifacts?.[0]?.dockerfile).toEqual({
      uri: 'Dockerfile',
      buildContext: '.',
      args: ['A=1', 'B=x=y', 'C=3'],
      target: 'dev',
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['environment.build-option']);
  });
});

describe('components that are images or manifests', () => {
  it.each([
    [true, true, 'start', 'warning'],
    [true, false, 'start', 'warning'],
    [false, true, 'command', 'info'],
    [false, false, 'never', 'info'],
    [undefined, true, 'command', 'info'],
    [undefined, false, 'start', 'warning'],
  ] as const)('with the switch %s, named by a command %s, are applied: %s', (isOn, isNamed, applied, severity) => {
    const on = isOn === undefined ? {} : { autoBuild: isOn, deployByDefault: isOn };
    const components: Component[] = [
      { name: 'i', image: { imageName: 'app:1', ...on } },
      { name: 'k', kubernetes: { uri: 'a.yaml', ...on } },
      { name: 'o', openshift: { uri: 'a.yaml', ...on } },
    ];
    const commands = isNamed ? components.flatMap(({ name }) => apply(name)) : [];
    const { environment, diagnostics } = readObject({ components, commands });
    expect(environment.artifacts).toEqual([
      { name: 'i', kind: 'image', applied, imageName: 'app:1' },
      { name: 'k', kind: 'kubernetes', applied },
      { name: 'o', kind: 'openshift', applied },
    ]);
    // Whether an image is there, only the machine knows.
    expect(diagnostics.map((found) => [found.severity, found.path])).toEqual([
      [severity, 'components.k.name'],
      [severity, 'components.o.name'],
    ]);
  });

  it('are absent where there are none', () => {
    expect(readObject({ components: [{ name: 'c', container: { image: 'x' } }] }).environment).not.toHaveProperty(
      'artifacts',
    );
  });

  it('say by what they are applied', () => {
    const components = [{ name: 'k', kubernetes: { uri: 'a.yaml', deployByDefault: false } }];
    const { environment } = readObject({ components, commands: apply('k') });
    expect(environment.provenance['artifacts.k.applied']?.map(({ detail }) => detail)).toEqual([
      'components.0.kubernetes.deployByDefault',
      'commands.0.apply.component',
    ]);
  });
});

describe('a container that commands apply', () => {
  const components = [{ name: 'c', container: { image: 'x' } }];

  it('starts when they do', () => {
    const commands = [...apply('c'), { id: 'again', apply: { component: 'c' } }];
    const { environment } = readObject({ components, commands });
    expect(environment.containers[0]?.appliedBy).toEqual(['apply-c', 'again']);
    expect(environment.provenance['containers.c.appliedBy']?.map(({ detail }) => detail?.split(':')[0])).toEqual([
      'devfile',
      'commands.0.apply.component',
      'commands.1.apply.component',
    ]);
  });

  it('starts with the environment when a command runs in it, or none applies it', () => {
    const run = { id: 'run', exec: { component: 'c', commandLine: 'x' } };
    for (const commands of [[...apply('c'), run], [run], apply('other'), []]) {
      expect(readObject({ components, commands }).environment.containers[0]).not.toHaveProperty('appliedBy');
    }
  });
});
