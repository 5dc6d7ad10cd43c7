import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { mergeIni } from './ini-file.ts';
import { mergeToml, scanToml } from './toml-file.ts';

/** Python's own readers of these formats, which is what the clients use. */
function readByPython(kind: 'ini' | 'toml', text: string): unknown {
  const program =
    kind === 'toml'
      ? 'import json,sys,tomllib;print(json.dumps(tomllib.loads(sys.stdin.read())))'
      : 'import configparser,json,sys\np=configparser.RawConfigParser()\np.read_string(sys.stdin.read())\nprint(json.dumps({s:dict(p.items(s)) for s in p.sections()}))';
  return JSON.parse(execFileSync('python3', ['-c', program], { input: text, encoding: 'utf8' }));
}

const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['-c', 'import tomllib']);
    return true;
  } catch {
    return false;
  }
})();

describe.runIf(hasPython)(
  `settings as Python reads them${hasPython ? '' : ' (skipped: no python3 with tomllib)'}`,
  () => {
    it('are set beside what a pip.conf says, and win over it', () => {
      const before = [
        '[global]',
        'timeout = 60',
        'index_url = https://old.example.com/',
        'trusted-host = a.example.com',
        '',
        '    b.example.com',
        '[install]',
        'index-url = https://other.example.com/',
        'no-deps = no',
      ].join('\n');
      const merged = mergeIni(
        before,
        [{ name: 'global', values: { 'index-url': 'http://i/' }, lists: { 'trusted-host': ['i'] } }],
        (section, key) => section !== 'global' && key === 'index-url',
      );
      expect(readByPython('ini', merged)).toEqual({
        global: { timeout: '60', 'index-url': 'http://i/', 'trusted-host': '\na.example.com\nb.example.com\ni' },
        install: { 'no-deps': 'no' },
      });
    });

    it('add a repository to a .pypirc that has others', () => {
      const merged = mergeIni('[distutils]\nindex-servers =\n  work\n\n[work]\nrepository = https://work/\n', [
        { name: 'distutils', values: {}, lists: { 'index-servers': ['devstead'] } },
        { name: 'devstead', values: { repository: 'https://i/', username: 'root' } },
      ]);
      expect(readByPython('ini', merged)).toEqual({
        distutils: { 'index-servers': '\nwork\ndevstead' },
        work: { repository: 'https://work/' },
        devstead: { repository: 'https://i/', username: 'root' },
      });
    });

    it('add an index to a uv.toml, which has one default then', () => {
      const before =
        'native-tls = true\nindex-url = "https://old/"\n\n[[index]]\nurl = "https://a/"\ndefault = true # mine\n[[index]]\nurl = "https://b/"\n[pip]\nno-deps = [\n  "[x]",\n]\n';
      const hides = (table: ReturnType<typeof scanToml>[number]): readonly number[] =>
        table.keys.some(({ key }) => key === 'default')
          ? table.lines
          : table.keys.flatMap(({ key, lines }) => (key === 'index-url' ? lines : []));
      const merged = mergeToml(
        before,
        { name: 'index', isArrayItem: true, values: { url: '"https://i/"', default: 'true' } },
        'uv.toml',
        hides,
      );
      expect(readByPython('toml', merged)).toEqual({
        'native-tls': true,
        index: [{ url: 'https://b/' }, { url: 'https://i/', default: true }],
        pip: { 'no-deps': ['[x]'] },
      });
    });

    it('set keys in a table that is there, whatever strings hold', () => {
      const before =
        'text = """\n[pypi]\nurl = 1\n"""\n["pypi"] # of PDM\n"url" = \'https://old/\'\nverify_ssl = false\n';
      const merged = mergeToml(
        before,
        { name: 'pypi', values: { url: '"https://i/"', verify_ssl: 'true' } },
        'config.toml',
      );
      expect(readByPython('toml', merged)).toEqual({
        text: '[pypi]\nurl = 1\n',
        pypi: { url: 'https://i/', verify_ssl: true },
      });
    });
  },
);

describe('settings that stand inline', () => {
  it.each(['pypi = { url = "x" }\n', 'pypi.url = "x"\n'])('are refused with their line: %j', (text) => {
    expect(() => mergeToml(text, { name: 'pypi', values: { url: '"y"' } }, 'config.toml')).toThrow(/config\.toml:1/);
  });
});
