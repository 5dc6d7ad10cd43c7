import { describe, expect, it } from 'vitest';
import { checkBuild } from './check-build.ts';
import { type ChosenStages, chooseStages, readGlobals } from './choose-stages.ts';
import { expandVariables } from './expand-variables.ts';
import { readDockerfile } from './read-dockerfile.ts';
import { listVariables } from './stage-variables.ts';

const noNames = { contexts: new Set<string>(), images: new Map<string, string>() };

interface Setting {
  readonly args?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly keys?: readonly string[];
  readonly target?: string;
  readonly builder?: 'engine';
}

function judge(lines: readonly string[], setting: Setting = {}): { told: string[]; chosen: ChosenStages } {
  const told: string[] = [];
  const { dockerfile } = readDockerfile(lines.join('\n'), 'Dockerfile');
  if (dockerfile === undefined) throw new Error('the Dockerfile has mistakes');
  const report = (code: string, _message: string, place: { line: number }, more?: { severity?: string }): void =>
    void told.push(`${more?.severity ?? 'error'} ${code.slice('dockerfile.'.length)} ${place.line}`);
  const args = new Map(Object.entries(setting.args ?? {}));
  const globals = readGlobals(dockerfile, args, 'amd64');
  const chosen = chooseStages(dockerfile, globals, setting.target, noNames, report);
  const entries = [
    ...(setting.files ?? []).map((path) => ({ path, type: path.endsWith('/') ? 'folder' : 'file' }) as const),
    ...Object.entries(setting.links ?? {}).map(([path, target]) => ({ path, type: 'link', target }) as const),
  ].map((entry) => ({ ...entry, path: entry.path.replace(/\/$/, '') }));
  checkBuild(
    {
      dockerfile,
      chosen,
      args,
      globals,
      files: new Map(entries.map((entry) => [entry.path, entry])),
      secrets: new Set(setting.secrets),
      keys: new Set(setting.keys),
      platform: 'linux/amd64',
      builder: setting.builder ?? 'buildah',
    },
    report,
  );
  return { told, chosen };
}

describe('chooseStages', () => {
  const lines = [
    'ARG BASE=python',
    'ARG TAG=3.11',
    'FROM ${BASE}:${TAG} AS build',
    'FROM alpine AS unused',
    'FROM scratch AS run',
    'COPY --from=build /a /b',
    'COPY --from=nginx:1.25 /a /c',
    'FROM run',
    'RUN --mount=type=bind,from=0,target=/x true',
  ];

  it('takes what the target needs, and names the images', () => {
    const { told, chosen } = judge(lines);
    expect(told).toEqual([]);
    expect(chosen.stages.map(({ stage }) => stage.index)).toEqual([0, 2, 3]);
    expect([...chosen.references.keys()].sort()).toEqual(['nginx:1.25', 'python:3.11']);
    expect(chosen.references.get('nginx:1.25')).toMatchObject({ line: 7 });
  });

  it('takes another target and other arguments', () => {
    const { chosen } = judge(lines, { target: 'build', args: { TAG: '3.12' } });
    expect(chosen.stages).toHaveLength(1);
    expect([...chosen.references.keys()]).toEqual(['python:3.12']);
    expect(() => judge(lines, { target: 'nothing' })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('tells what stands later, and variables without a value', () => {
    expect(judge(['FROM a', 'COPY --from=late /a /b', 'FROM b AS late', 'FROM a'], { target: '0' }).told).toEqual([
      'error unknown-stage 2',
    ]);
    expect(judge(['FROM a:$TAG']).told).toEqual(['warning unknown-variable 1']);
    expect(judge(['FROM $NAME']).told).toEqual(['error unknown-variable 1']);
    expect(judge(['FROM a', 'COPY --from=7 /a /b']).told).toEqual(['error unknown-stage 2']);
  });
});

describe('checkBuild', () => {
  it.each<[string, readonly string[], Setting, readonly string[]]>([
    ['an argument nothing declares', ['FROM a'], { args: { X: '1' } }, ['warning unknown-argument 1']],
    ['one that is known', ['FROM a', 'ARG X'], { args: { X: '1', HTTP_PROXY: 'p' } }, []],
    ['a file that is not there', ['FROM a', 'COPY x.txt /'], {}, ['error not-in-context 2']],
    ['a file that is', ['FROM a', 'COPY ./src/../x.txt y /z/'], { files: ['x.txt', 'y/', 'y/a'] }, []],
    ['a pattern', ['FROM a', 'COPY *.txt b*/ /z/'], { files: ['x.txt'] }, ['error not-in-context 2']],
    ['a variable', ['FROM a', 'ARG D=src', 'COPY $D /z'], { files: ['src'] }, []],
    ['a variable of the image', ['FROM a', 'COPY $D /z'], {}, []],
    ['a link out of the context', ['FROM a', 'COPY l /z'], { links: { l: '../../etc' } }, ['error not-in-context 2']],
    ['a link within it', ['FROM a', 'COPY l /z'], { links: { l: 'src/x' } }, []],
    ['what is above the context', ['FROM a', 'COPY ../x /z'], {}, ['error not-in-context 2']],
    ['an address', ['FROM a', 'ADD https://example.com/x /z'], {}, []],
    ['a Git repository', ['FROM a', 'ADD https://example.com/x.git /z'], {}, ['error not-supported 2']],
    ['a heredoc', ['FROM a', 'COPY <<X /z', 'a', 'X'], {}, []],
    ['another platform', ['FROM --platform=linux/riscv64 a'], {}, ['error not-supported 1']],
    ['this platform', ['FROM --platform=$BUILDPLATFORM a'], {}, []],
    ['a mount without a target', ['FROM a', 'RUN --mount=type=cache x'], {}, ['error syntax 2']],
    ['a secret that is not given', ['FROM a', 'RUN --mount=type=secret,id=t,required x'], {}, ['error syntax 2']],
    ['one that is', ['FROM a', 'RUN --mount=type=secret,id=t,required x'], { secrets: ['t'] }, []],
    [
      'what an engine cannot do',
      ['FROM a', 'RUN --mount=type=tmpfs,target=/x y', 'RUN z'],
      { builder: 'engine' },
      ['error not-supported 2'],
    ],
    ['an SSH key that is not needed', ['FROM a', 'RUN --mount=type=ssh x'], {}, []],
    ['one that is', ['FROM a', 'RUN --mount=type=ssh,required x'], {}, ['error syntax 2']],
    ['the usual one', ['FROM a', 'RUN --mount=type=ssh,required=true x'], { keys: ['default'] }, []],
    ['a network of one step', ['FROM a', 'RUN --network=none x'], {}, ['error not-supported 2']],
  ])('judges %s', (_name, lines, setting, expected) => {
    expect(judge(lines, setting).told).toEqual(expected);
  });

  it.each<[string, readonly string[], Setting, readonly string[]]>([
    ['.env named', ['FROM a', 'COPY .env /'], { files: ['.env'] }, ['error secret-in-image 2']],
    ['.env among all', ['FROM a', 'COPY . /'], { files: ['a', 'x/.env.local'] }, ['error secret-in-image 2']],
    ['a key', ['FROM a', 'COPY keys /k'], { files: ['keys/', 'keys/id_ed25519'] }, ['error secret-in-image 2']],
    ['examples', ['FROM a', 'COPY . /'], { files: ['.env.example', 'ca.pem', 'tests/server.key'] }, []],
    ['a given argument', ['FROM a', 'ARG API_TOKEN'], { args: { API_TOKEN: 'x1' } }, ['error secret-in-image 2']],
    ['an argument', ['FROM a', 'ARG API_TOKEN'], {}, []],
    ['a default', ['FROM a', 'ARG DB_PASSWORD=hunter2'], {}, ['warning secret-in-image 2']],
    ['a variable', ['FROM a', 'ENV DB_PASSWORD=hunter2'], {}, ['warning secret-in-image 2']],
    ['where it is', ['FROM a', 'ENV DB_PASSWORD_FILE=/run/secrets/db TOKEN=$X'], {}, []],
    ['a token', ['FROM a', `RUN git clone https://u:${'ghp_'}${'a'.repeat(36)}@h/x`], {}, ['error secret-in-image 2']],
    [
      'a password in an address',
      ['FROM a', 'RUN pip install -i https://u:secret123@h/ x'],
      {},
      ['error secret-in-image 2'],
    ],
    ['before the first FROM', ['ARG AWS_SECRET_ACCESS_KEY=abcdef', 'FROM a'], {}, ['warning secret-in-image 1']],
  ])('finds secrets: %s', (_name, lines, setting, expected) => {
    expect(judge(lines, setting).told).toEqual(expected);
  });
});

describe('variables', () => {
  it('are put in as the reference says', () => {
    const known = new Map([
      ['A', 'one'],
      ['E', ''],
    ]);
    const expand = (text: string): string => expandVariables(text, known).text;
    expect(expand('$A-${A}-${X:-two}-${E:-three}-${E-four}-${A:+five}-${X:+six}')).toBe('one-one-two-three--five-');
    expect(expand(`"$A" '$A' \\$A`)).toBe('one $A $A');
    expect(expand('${X:-${A}}')).toBe('one');
    expect(expandVariables('$X${Y}', known).unknown).toEqual(['X', 'Y']);
    expect(expandVariables(`'$A' \\$A`, known, { keepsQuotes: true }).text).toBe(`'one' $A`);
    expect(expand('${A')).toBe('${A');
  });

  it('of a stage are those above an instruction; ENV wins over ARG', () => {
    const { dockerfile } = readDockerfile(
      ['ARG V=1', 'FROM img AS one', 'ARG V', 'ENV P=$V:$HOME V=9', 'RUN x', 'FROM one', 'ARG V', 'RUN y'].join('\n'),
      'f',
    );
    if (dockerfile === undefined) throw new Error('the Dockerfile has mistakes');
    const args = new Map<string, string>();
    const globals = readGlobals(dockerfile, args, 'amd64');
    const chosen = chooseStages(dockerfile, globals, undefined, noNames, () => undefined);
    const all = listVariables({ dockerfile, chosen, args, globals, imageEnv: () => ({ HOME: '/root' }) });
    const at = (line: number): Readonly<Record<string, string>> =>
      Object.fromEntries([...all].find(([instruction]) => instruction.line === line)?.[1] ?? []);
    expect(at(5)).toEqual({ HOME: '/root', P: '1:/root', V: '9' });
    expect(at(8)).toEqual({ HOME: '/root', P: '1:/root', V: '9' });
  });
});
