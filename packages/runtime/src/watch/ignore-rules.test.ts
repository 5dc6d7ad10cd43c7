import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type IgnoreChain, ignoreLimits, judgePath, parseIgnoreFile } from './ignore-rules.ts';

function chainOf(...files: readonly [text: string, depth: number][]): IgnoreChain | undefined {
  return files.reduce<IgnoreChain | undefined>(
    (above, [text, depth]) => ({ file: parseIgnoreFile(text, depth), above }),
    undefined,
  );
}

/** As the watcher asks: from the top down, ending at the first folder that is ignored. */
function isIgnored(chain: IgnoreChain | undefined, path: string, isFolder = false): boolean {
  const names = path.split('/');
  return names.some((_, index) => {
    const isLast = index === names.length - 1;
    return judgePath(chain, names.slice(0, index + 1), isLast ? isFolder : true) === 'ignored';
  });
}

describe('ignore rules', () => {
  it.each([
    ['*.log', 'a/b.log', true],
    ['*.log', 'a/b.logs', false],
    ['/build', 'build/x', true],
    ['/build', 'src/build/x', false],
    ['build/', 'src/build/x', true],
    ['build/', 'src/build', false],
    ['doc/*.txt', 'doc/a.txt', true],
    ['doc/*.txt', 'doc/a/b.txt', false],
    ['**/logs/*.txt', 'a/b/logs/c.txt', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**', 'a/x/y', true],
    ['*.o\n!keep.o', 'x/keep.o', false],
    ['node_modules\n!node_modules/mine', 'node_modules/mine', true],
    ['[a-c]?.txt', 'b1.txt', true],
    ['[!a-c]1', 'd1', true],
    ['[!a-c]1', 'a1', false],
    ['\\#x', '#x', true],
    ['#x', '#x', false],
    ['x  ', 'x', true],
    ['x\\ ', 'x ', true],
    ['[', '[', false],
    ['a\\', 'a\\', false],
  ])('%j on %s', (rules, path, expected) => {
    expect(isIgnored(chainOf([rules, 0]), path)).toBe(expected);
  });

  it('lets the nearest file decide', () => {
    const chain = chainOf(['*.gen', 0], ['!kept.gen', 1]);
    expect(isIgnored(chain, 'a/other.gen')).toBe(true);
    expect(isIgnored(chain, 'a/kept.gen')).toBe(false);
  });

  it('reads no more than its limits', () => {
    const lines = Array.from({ length: ignoreLimits.rules + 10 }, (_, index) => `n${index}`);
    expect(parseIgnoreFile(lines.join('\n'), 0).rules).toHaveLength(ignoreLimits.rules);
    expect(parseIgnoreFile('x'.repeat(ignoreLimits.patternLength + 1), 0).rules).toHaveLength(0);
  });

  it('takes no time that grows without end for hostile patterns', () => {
    const chain = chainOf([`${'*a'.repeat(200)}b\n${'**/a/'.repeat(100)}b`, 0]);
    const startedAt = process.cpuUsage();
    expect(isIgnored(chain, 'a'.repeat(255))).toBe(false);
    expect(isIgnored(chain, Array.from({ length: 200 }, () => 'a').join('/'))).toBe(false);
    expect(process.cpuUsage(startedAt).user / 1000).toBeLessThan(2000);
  });
});

describe('ignore rules beside git check-ignore', () => {
  const root = mkdtempSync(join(tmpdir(), 'devstead-ignore-'));
  execFileSync('git', ['init', '-q', root]);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const word = fc
    .array(fc.constantFrom('a', 'b', '*', '?', '**', '[ab]', '[!a]', '\\*', '.', '-'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join(''))
    // Of stars that are only part of a name, Git's manual and its own shortcut for a plain beginning disagree.
    .filter((text) => text === '**' || !text.includes('**'));
  const rule = fc
    .tuple(
      fc.constantFrom('', '!'),
      fc.constantFrom('', '/', '**/'),
      fc.array(word, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '/', '/**'),
    )
    .map(([negation, start, words, end]) => `${negation}${start}${words.join('/')}${end}`);
  const name = fc
    .array(fc.constantFrom('a', 'b', '.', '-', '*'), { minLength: 1, maxLength: 3 })
    .map((c) => c.join(''));
  const path = fc
    .array(name, { minLength: 1, maxLength: 4 })
    .filter((names) => names.every((one) => !/^\.+$/.test(one)))
    .map((names) => names.join('/'));

  it('agrees with Git on any rules and paths', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 5 }),
        fc.uniqueArray(path, { minLength: 5, maxLength: 20 }),
        (rules, paths) => {
          writeFileSync(join(root, '.gitignore'), `${rules.join('\n')}\n`);
          const said = askGit(root, paths);
          const chain = chainOf([rules.join('\n'), 0]);
          for (const one of paths) expect([rules, one, isIgnored(chain, one)]).toEqual([rules, one, said.has(one)]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('agrees with Git on a folder that is there', () => {
    mkdirSync(join(root, 'out'));
    writeFileSync(join(root, '.gitignore'), 'out/\n');
    expect(askGit(root, ['out']).has('out')).toBe(true);
    expect(isIgnored(chainOf(['out/', 0]), 'out', true)).toBe(true);
  });
});

function askGit(root: string, paths: readonly string[]): Set<string> {
  try {
    const input = paths.join('\0');
    const args = ['-C', root, 'check-ignore', '--no-index', '-z', '--stdin'];
    return new Set(execFileSync('git', args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }).split('\0'));
  } catch (error) {
    // Exit code 1: none of them is ignored.
    if ((error as { status?: number }).status === 1) return new Set();
    throw error;
  }
}
