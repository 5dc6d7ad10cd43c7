import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FakeIo, findDockerCompose } from '@devstead/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../program.ts';

const shapes = fileURLToPath(new URL('../../../environment/fixtures/compose/', import.meta.url));
const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url));
const projects = [...readdirSync(shapes).map((name) => join(shapes, name)), join(examples, 'three-tier')];
const peer = findDockerCompose(process.env);

/** What docs/reference/compose-differences.md says of these outputs: nothing differs. */
const questions = [
  ['config'],
  ['config', '--format', 'json'],
  ['config', '--hash', '*'],
  ['config', '--no-path-resolution'],
  ['--profile', '*', 'config'],
];
/** Their lines come in an order by chance. */
const lists = ['services', 'volumes', 'networks', 'images', 'profiles'].map((list) => ['config', `--${list}`]);

function sortLines(text: string): string {
  return text
    .split('\n')
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('\n');
}

describe('devstead compose config, beside docker compose', () => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'devstead-config-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.skipIf(peer === undefined)('docker compose is there: DOCKER_COMPOSE names it, or it is on PATH', () => {
    expect(execFileSync(peer ?? '', ['version'], { encoding: 'utf8' })).toMatch(/Docker Compose version/);
  });

  it.each(peer === undefined ? [] : projects)('%s comes to the same', async (source) => {
    const cwd = join(root, 'project');
    rmSync(cwd, { recursive: true, force: true });
    cpSync(source, cwd, { recursive: true });
    const env = { HOME: root, PATH: process.env['PATH'] ?? '' };
    for (const words of [...questions, ...lists]) {
      const theirs = execFileSync(peer ?? '', words, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      const io = new FakeIo({ cwd, env });
      expect(await runCommandLine(['compose', ...words], io), io.stderr.text).toBe(0);
      const order = lists.includes(words) ? sortLines : (text: string) => text;
      expect(order(io.stdout.text), words.join(' ')).toBe(order(theirs));
    }
  });
});
