import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configKeys } from '../config/config-keys.ts';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

describe('devstead config', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  it('prints every key with its value and source', async () => {
    const file = repository.write('.devstead/config.yaml', 'up:\n  timeout: 2m\n');
    const { code, stdout, stderr } = await repository.call(['config', '-o', 'json'], { DEVSTEAD_PORTS_FIRST: '30001' });
    expect([code, stderr]).toEqual([0, '']);
    const { values } = expectSchema('config-values', stdout) as { values: readonly { readonly key: string }[] };
    expect(values.map(({ key }) => key)).toEqual(configKeys.map(({ path }) => path));
    expect(values).toEqual(
      expect.arrayContaining([
        { key: 'up.timeout', value: 120, source: { kind: 'repository', file, line: 2, column: 3 } },
        { key: 'ports.first', value: 30_001, source: { kind: 'variable', variable: 'DEVSTEAD_PORTS_FIRST' } },
        { key: 'up.commands', value: true, source: { kind: 'default' } },
      ]),
    );
  });

  it('shows problems with their place and still every value', async () => {
    repository.write('.devstead/config.yaml', 'ports:\n  first: many\n');
    const { code, stdout, stderr } = await repository.call(['config'], { DEVSTEAD_PROTS_FIRST: '1' });
    expect(code).toBe(2);
    expect(stderr).toContain('config.yaml:2:10');
    expect(stderr).toContain('config.unknown-variable');
    expect(stdout).toMatch(/^ports\.first +20001 +default$/m);
  });

  it('hides the credentials of a mirror', async () => {
    const { stdout } = await repository.call(['config'], {
      DEVSTEAD_DEBIAN_MIRROR: 'https://me:hunter2@mirror.example/debian',
    });
    expect(stdout).toContain('https://mirror.example/debian');
    expect(stdout).not.toContain('hunter2');
  });
});
