import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

const bad = 'schemaVersion: 2.2.0\nmetadata:\n  name: x\ncomponents:\n  - name: a\n    container:\n      imag: y\n';

describe('devstead check', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  it('finds nothing wrong with the devfile of the folder', async () => {
    expect(await repository.call(['check'])).toEqual({ code: 0, stdout: 'devfile.yaml: valid\n', stderr: '' });
  });

  it('shows a problem at its place, as its result', async () => {
    repository.write('bad/devfile.yaml', bad);
    const { code, stdout, stderr } = await repository.call(['check', 'bad']);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain('bad/devfile.yaml:7:7');
    expect(stdout).toContain('^^^^');
    expect(stdout).toContain('bad/devfile.yaml: invalid, ');
  });

  it('judges several files, of JSON too, and goes on after one that cannot be read', async () => {
    repository.write('bad.yaml', bad);
    repository.write('good.json', '{"schemaVersion": "2.2.0", "metadata": {"name": "x"}}');
    const { code, stdout } = await repository.call(['check', 'nothing.yaml', 'bad.yaml', 'good.json', '-o', 'json']);
    expect(code).toBe(2);
    const results = stdout
      .trimEnd()
      .split('\n')
      .map((line) => expectSchema('check', line));
    expect(results.map(({ file, valid }) => [file, valid])).toEqual([
      ['nothing.yaml', false],
      ['bad.yaml', false],
      ['good.json', true],
    ]);
    expect(results[0]).toMatchObject({ errors: 1, diagnostics: [{ code: 'UNREADABLE_INPUT' }] });
  });

  it('judges as strictly as asked', async () => {
    const text =
      'schemaVersion: 2.2.0\nmetadata: {name: x}\ncomponents:\n  - name: a\n    container: {image: img}\ncommands:\n  - id: c\n    exec: {component: a, commandLine: ls}\nevents: {preStart: [c]}\n';
    repository.write('devfile.yaml', text);
    expect((await repository.call(['check'])).code).toBe(0);
    expect((await repository.call(['check', '--profile', 'strict'])).code).toBe(1);
    expect((await repository.call(['check', '--profile', 'lax'])).code).toBe(2);
  });

  it('shows what is wrong in a parent with its line there, and who brought it in', async () => {
    repository.write('base/parent.yaml', bad);
    repository.write('devfile.yaml', 'schemaVersion: 2.2.0\nparent: {uri: base/parent.yaml}\n');
    const { code, stdout } = await repository.call(['check']);
    expect(code).toBe(1);
    expect(stdout).toContain('base/parent.yaml:7:7');
    expect(stdout).toContain('imag: y');
    expect(stdout).toContain('from: the parent of devfile.yaml:2:1 (uri: base/parent.yaml)');
    const json = await repository.call(['check', '-o', 'json']);
    expect(expectSchema('check', json.stdout)).toMatchObject({
      file: 'devfile.yaml',
      valid: false,
      diagnostics: [{ file: 'base/parent.yaml', chain: [{ relation: 'parent', file: 'devfile.yaml' }] }],
    });
  });

  it('calls nothing clean that it did not look at', async () => {
    repository.write('devfile.yaml', 'schemaVersion: 2.2.0\nparent: {id: go}\n');
    const { code, stdout } = await repository.call(['check', '-o', 'json']);
    expect(code).toBe(3);
    expect(expectSchema('check', stdout)).toMatchObject({
      valid: true,
      diagnostics: [{ code: 'devfile.import-unread' }],
    });
    repository.write('bad.yaml', bad);
    expect((await repository.call(['check', '.', 'bad.yaml'])).code).toBe(1);
    const { code: ofWhy, stderr } = await repository.call(['why', '--list']);
    expect(ofWhy).toBe(3);
    expect(stderr).toContain('DEVFILE_INCOMPLETE');
  });

  it('takes no device for a devfile', async () => {
    expect((await repository.call(['check', '/dev/zero'])).code).toBe(2);
  });
});
