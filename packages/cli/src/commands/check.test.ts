import { chmodSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

  it('reads files, and what they bring in, up to the size that is allowed', async () => {
    const filler = `# ${'x'.repeat(60)}\n`.repeat(10_000);
    const start = 'schemaVersion: 2.2.0\n';
    repository.write('large.yaml', `${start}${filler}metadata: {name: x}\n`);
    // What is wrong stands at the end, so that nothing may be cut off.
    repository.write('parent.yaml', `${start}${filler}components: [{name: a, containr: {image: i}}]\n`);
    repository.write('devfile.yaml', `${start}parent: {uri: parent.yaml}\n`);
    const codes = async (name: string, env: Record<string, string>) => {
      const { stdout } = await repository.call(['check', name, '-o', 'json'], env);
      return expectSchema('check', stdout.trim())['diagnostics'];
    };
    const raised = { DEVSTEAD_DEVFILES_MAX_BYTES: '1048576' };
    expect(await codes('large.yaml', {})).toMatchObject([{ code: 'devfile.too-large' }]);
    expect(await codes('large.yaml', raised)).toEqual([]);
    expect(await codes('devfile.yaml', {})).toMatchObject([{ code: 'devfile.too-large', file: 'parent.yaml' }]);
    expect(await codes('devfile.yaml', raised)).toMatchObject([{ code: 'devfile.schema-unknown-field', line: 10_002 }]);
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

  describe('--fix', () => {
    const fixable = '# ours\nmetadata: {name: x}   # shop\ncomponents:\n  - name: a\n    container:\n      imgae: y\n';
    const fixed =
      '# ours\nschemaVersion: 2.3.0\nmetadata: {name: x}   # shop\ncomponents:\n  - name: a\n    container:\n      image: "y"\n';
    const read = (name: string) => readFileSync(join(repository.folder, name), 'utf8');

    it('mends what is clear and nothing else, keeps the rights, and has nothing to do the second time', async () => {
      repository.write('a.yaml', fixable);
      chmodSync(join(repository.folder, 'a.yaml'), 0o640);
      const first = await repository.call(['check', '--fix', 'a.yaml']);
      expect([first.code, read('a.yaml')]).toEqual([0, fixed]);
      expect(first.stdout).toContain('fixed  devfile.schema-unknown-field  a.yaml:7  Change imgae to image\n');
      expect(statSync(join(repository.folder, 'a.yaml')).mode & 0o777).toBe(0o640);
      expect(readdirSync(repository.folder).filter((name) => name.includes('a.yaml'))).toEqual(['a.yaml']);
      const second = await repository.call(['check', '--fix', '-o', 'json', 'a.yaml']);
      expect(expectSchema('check', second.stdout)).toMatchObject({ valid: true, fixes: [] });
    });

    it('with --dry-run shows the difference and writes nothing', async () => {
      repository.write('a.yaml', fixable);
      const { code, stdout } = await repository.call(['check', '--fix', '--dry-run', 'a.yaml']);
      expect([code, read('a.yaml')]).toEqual([1, fixable]);
      expect(stdout).toContain('\n+schemaVersion: 2.3.0\n');
      expect(stdout).toContain('\n-      imgae: y\n+      image: "y"\n');
      expect((await repository.call(['check', '--dry-run', 'a.yaml'])).code).toBe(2);
    });

    it('goes through a link, and leaves a file alone that is no UTF-8', async () => {
      repository.write('a.yaml', fixable);
      symlinkSync('a.yaml', join(repository.folder, 'link.yaml'));
      expect((await repository.call(['check', '--fix', 'link.yaml'])).code).toBe(0);
      expect([read('a.yaml'), lstatSync(join(repository.folder, 'link.yaml')).isSymbolicLink()]).toEqual([fixed, true]);
      const bytes = Buffer.concat([Buffer.from(fixable), Buffer.from([0x23, 0xff, 0x0a])]);
      writeFileSync(join(repository.folder, 'b.yaml'), bytes);
      expect((await repository.call(['check', '--fix', 'b.yaml'])).code).toBe(2);
      expect(readFileSync(join(repository.folder, 'b.yaml')).equals(bytes)).toBe(true);
    });
  });

  it('writes one SARIF log for several files, and says what it could not look at', async () => {
    repository.write('bad folder/devfile.yaml', bad);
    const { code, stdout } = await repository.call(['check', '-o', 'sarif', 'bad folder', 'nothing.yaml']);
    expect(code).toBe(2);
    const { runs } = JSON.parse(stdout);
    expect(runs[0].invocations).toMatchObject([
      { executionSuccessful: false, toolExecutionNotifications: [{ descriptor: { id: 'UNREADABLE_INPUT' } }] },
    ]);
    expect(runs[0].results[0]).toMatchObject({
      ruleId: 'devfile.schema-unknown-field',
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'bad%20folder/devfile.yaml', uriBaseId: '%SRCROOT%' },
            region: { startLine: 7, startColumn: 7, endLine: 7, endColumn: 11 },
          },
        },
      ],
    });
    expect(runs[0].results[0].fixes[0].artifactChanges[0].replacements).toEqual([
      {
        deletedRegion: { startLine: 7, startColumn: 7, endLine: 7, endColumn: 11 },
        insertedContent: { text: 'image' },
      },
    ]);
  });
});
