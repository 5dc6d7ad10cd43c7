import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDockerfile } from './read-dockerfile.ts';

const read = (...lines: readonly string[]) => readDockerfile(lines.join('\n'), 'Dockerfile');
const told = (...lines: readonly string[]): string[] =>
  read(...lines).diagnostics.map(({ code, line, column }) => `${code.slice('dockerfile.'.length)} ${line}:${column}`);

describe('readDockerfile', () => {
  it('reads stages with their names, bases and platforms', () => {
    const { dockerfile, diagnostics } = read(
      '# syntax=docker/dockerfile:1',
      'ARG V=3.11',
      'FROM --platform=$BUILDPLATFORM python:${V}-slim AS Build',
      'from build',
    );
    expect(diagnostics).toEqual([]);
    expect(dockerfile?.globals.map(({ body }) => body)).toEqual(['V=3.11']);
    expect(dockerfile?.stages).toMatchObject([
      { index: 0, name: 'build', base: { text: 'python:${V}-slim', line: 3 }, platform: '$BUILDPLATFORM' },
      { index: 1, base: { text: 'build', line: 4, column: 6 } },
    ]);
  });

  it('joins lines, and leaves out comments and empty lines between them', () => {
    const { dockerfile } = read('FROM a', 'RUN one \\', '  # why', '', '  && two \\  ', '  three', 'USER x');
    const [run, user] = dockerfile?.stages[0]?.instructions ?? [];
    expect(run?.body.replaceAll(/\s+/g, ' ')).toBe('one && two three');
    expect([run?.line, run?.endLine, user?.line]).toEqual([2, 6, 7]);
    expect(run?.words.at(-1)).toMatchObject({ text: 'three', line: 6, column: 3 });
  });

  it('takes another escape character', () => {
    const { dockerfile } = read('# escape=`', 'FROM a', 'RUN a `', '  b \\', 'USER x');
    expect(dockerfile?.stages[0]?.instructions.map(({ keyword }) => keyword)).toEqual(['RUN', 'USER']);
  });

  it('reads flags, lists and heredocs', () => {
    const { dockerfile } = read(
      'FROM a',
      'RUN --mount=type=cache,target=/c --network=default pip install x',
      'COPY --chown=1:1 ["a b", "/x/"]',
      'COPY <<A <<-"B" /dest/',
      'one $X',
      'A',
      '\ttwo',
      '\tB',
      'RUN <<EOF',
      'EOF',
      'CMD ["x", "-y"]',
    );
    const [run, list, copy, empty, command] = dockerfile?.stages[0]?.instructions ?? [];
    expect(run?.flags).toMatchObject([
      { name: 'mount', value: 'type=cache,target=/c', line: 2, column: 5 },
      { name: 'network', value: 'default' },
    ]);
    expect(list?.list).toEqual(['a b', '/x/']);
    expect(copy?.heredocs).toMatchObject([
      { name: 'A', expands: true, content: 'one $X\n' },
      { name: 'B', expands: false, content: 'two\n' },
    ]);
    expect(empty?.heredocs).toMatchObject([{ name: 'EOF', content: '' }]);
    expect(command?.list).toEqual(['x', '-y']);
  });

  it.each([
    [[''], ['no-stage 1:1']],
    [['RUN x'], ['no-stage 1:1']],
    [['USER x', 'FROM a'], ['no-stage 1:1']],
    [['FROM'], ['syntax 1:1']],
    [['FROM a b'], ['syntax 1:8']],
    [['FROM a AS'], ['syntax 1:8']],
    [['FROM a AS 1x'], ['syntax 1:11']],
    [['FROM a AS x', 'FROM b AS X'], ['syntax 2:11']],
    [['FROM a', 'RNU x'], ['unknown-instruction 2:1']],
    [['FROM a', '  && x'], ['unknown-instruction 2:3']],
    [['FROM a', 'RUN'], ['syntax 2:1']],
    [['FROM a', 'COPY x'], ['syntax 2:1']],
    [['FROM a', 'COPY --form=b x y'], ['unknown-flag 2:6']],
    [['FROM a', 'COPY --parents x y'], ['not-supported 2:6']],
    [['FROM a', 'COPY --from=b --from=c x y'], ['syntax 2:15']],
    [['FROM a', 'ENV X'], ['syntax 2:5']],
    [['FROM a', 'ENV X=1 Y'], ['syntax 2:9']],
    [['FROM a', 'ARG 1=2'], ['syntax 2:5']],
    [
      ['FROM a', 'EXPOSE 80/tcp 70000 x'],
      ['syntax 2:15', 'syntax 2:21'],
    ],
    [['FROM a', 'SHELL bash'], ['syntax 2:1']],
    [['FROM a', 'HEALTHCHECK curl'], ['syntax 2:13']],
    [['FROM a', 'HEALTHCHECK CMD'], ['syntax 2:13']],
    [['FROM a', 'HEALTHCHECK --interval=5 CMD x'], ['syntax 2:13']],
    [['FROM a', 'ONBUILD FROM b'], ['syntax 2:9']],
    [['FROM a', 'USER a b'], ['syntax 2:1']],
    [['FROM a\0'], ['unreadable 1:1']],
  ])('%j gives %j', (lines, expected) => {
    expect(told(...lines)).toEqual(expected);
    expect(read(...lines).dockerfile).toBeUndefined();
  });

  it('stops at what no Dockerfile is', () => {
    expect(told('FROM a', `# ${'x'.repeat(1 << 20)}`)).toEqual(['too-large 1:1']);
    expect(told(...Array.from({ length: 1001 }, () => 'FROM a'))).toEqual(['too-large 1:1']);
  });
});

const line = fc.constantFrom(
  'FROM a',
  'FROM b AS c',
  'RUN x \\',
  '# y',
  '',
  'COPY <<EOF /x',
  'EOF',
  'RUN --mount=type=cache,target=/x <<-"E"',
  'E',
  '\tE',
  'ENV A=1 B="two words" C=$A',
  'CMD ["a", "b"]',
  'CMD [ "a"',
  'ONBUILD RUN x',
  'HEALTHCHECK --interval=1s CMD x',
  'LABEL a="b \\',
  'ARG X',
  'VOLUME ["/a"]',
  '  indented',
  'RUN echo <<<x 2<<EOF',
);

const anyCharacter = fc.integer({ min: 0, max: 0x2fff }).map((code) => String.fromCodePoint(code));

describe('any Dockerfile', () => {
  /** What of a reading cannot be. */
  const findFaults = (text: string): string[] => {
    const { dockerfile, diagnostics } = readDockerfile(text, 'f');
    const lines = text.split('\n');
    const isBad = diagnostics.some(({ severity }) => severity === 'error');
    const faults = (dockerfile === undefined) === isBad ? [] : ['a Dockerfile in spite of errors, or none without'];
    for (const { line: at = 0, code } of diagnostics)
      if (at < 1 || at > lines.length) faults.push(`${code} is at line ${at}`);
    let last = 0;
    for (const { from, instructions } of dockerfile?.stages ?? [])
      for (const { line: at, endLine, words } of [from, ...instructions]) {
        if (at <= last || endLine < at) faults.push(`an instruction from ${at} to ${endLine} after ${last}`);
        if (words.some((word) => (lines[word.line - 1] ?? '').slice(word.column - 1) === ''))
          faults.push('a word nowhere');
        last = endLine;
      }
    return faults;
  };

  it('is read with places that are in it, of lines that are usual', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        expect(findFaults(['FROM a', ...lines].join('\n'))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is read to its end, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 200 }), (text) => {
        expect(findFaults(text)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
