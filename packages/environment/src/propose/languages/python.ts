import { filesHere, findIn, findVersion } from '../look.ts';
import type { Folder, ProposedCommand, Reason, Recognised } from '../types.ts';

const usualVersion = '3.12';
const environment = '/venv';
const activate = `. ${environment}/bin/activate`;
const moduleName = /^(?:src\/|app\/)?[A-Za-z_]\w*\.py$/;

const lists = ['requirements.txt', 'pyproject.toml', 'Pipfile', 'setup.py', 'setup.cfg', 'poetry.lock', 'uv.lock'];

interface Server {
  readonly framework: string;
  readonly port: number;
  /** What is run in the virtual environment. */
  readonly program: string;
  /** What a debugger runs: a module or a script with its words. */
  readonly debugged: string;
  readonly isReloading: boolean;
  readonly more: readonly ProposedCommand[];
  readonly needs: readonly string[];
}

/** Python by its lists of requirements, or by its programs; Flask, Django and FastAPI by what they are called with. */
export function recognisePython(folder: Folder): Recognised | undefined {
  const here = filesHere(folder);
  const list = lists.find((name) => here.includes(name));
  const programs = folder.files.filter((file) => moduleName.test(file));
  const first = list ?? (here.includes('manage.py') ? 'manage.py' : here.find((file) => moduleName.test(file)));
  if (first === undefined) return undefined;
  const reasons: Reason[] = [{ what: 'Python', file: first }];
  const libraries = ['requirements.txt', 'requirements-dev.txt', 'pyproject.toml', 'Pipfile', 'setup.py', 'setup.cfg']
    .map((name) => folder.read(name) ?? '')
    .join('\n');
  const version = findVersion(folder, versionPlaces, 2);
  if (version !== undefined) reasons.push(version.reason);
  const server = findServer(folder, programs, libraries, reasons);
  const install = makeInstall(here, server?.needs ?? []);
  const chosen = version?.version ?? usualVersion;
  const port = server?.port ?? findPort(folder, programs, reasons);
  return {
    language: 'Python',
    ...(server === undefined ? {} : { framework: server.framework }),
    ...(port === undefined ? {} : { port }),
    weight: server === undefined ? (list === undefined ? 1 : 2) : 4,
    version: chosen,
    image: `docker.io/library/python:${chosen}`,
    otherImages: [`docker.io/library/python:${chosen}-slim`],
    debugPort: 5678,
    caches: [{ name: 'venv', path: environment }],
    env: [{ name: 'PYTHONUNBUFFERED', value: '1' }],
    commands: makeCommands(folder, { install, server, libraries, programs }),
    memory: '1Gi',
    libraries,
    reasons,
  };
}

const versionPlaces: readonly (readonly [string, RegExp])[] = [
  ['.python-version', /^(?:cpython-)?(3\.\d+)/m],
  ['runtime.txt', /^python-(3\.\d+)/m],
  ['Pipfile', /^python_version\s*=\s*["'](3\.\d+)/m],
  ['Dockerfile', /^FROM\s+\S*python:(3\.\d+)/im],
  ['pyproject.toml', /^(?:requires-python|python)\s*=\s*["'](?:\^|~=?|==)\s*(3\.\d+)/m],
  ['uv.lock', /^requires-python\s*=\s*["']==(3\.\d+)/m],
];

/** A port that a program names; where there is none, none is guessed. */
function findPort(folder: Folder, programs: readonly string[], reasons: Reason[]): number | undefined {
  for (const file of programs) {
    const found = findIn(folder.read(file), /(?:\(\s*["'][\w.]*["']\s*,|\bport\s*=)\s*(\d{2,5})\b/i);
    if (found === undefined || Number(found.value) > 65_535) continue;
    reasons.push({ what: `port ${found.value}`, file, line: found.line });
    return Number(found.value);
  }
  return undefined;
}

function makeInstall(here: readonly string[], needs: readonly string[]): string | undefined {
  const further = needs.length === 0 ? [] : [`pip install ${needs.join(' ')}`];
  const begin = `python3 -m venv ${environment}\n${activate}`;
  const steps = (lines: readonly string[]): string => [begin, ...lines, ...further].join('\n');
  if (here.includes('uv.lock')) {
    return steps(['pip install uv', 'uv sync --active']);
  }
  if (here.includes('poetry.lock')) return steps(['pip install poetry', 'poetry install']);
  if (here.includes('Pipfile.lock') || here.includes('Pipfile'))
    return steps(['pip install pipenv', 'pipenv install --dev']);
  const files = ['requirements.txt', 'requirements-dev.txt'].filter((name) => here.includes(name));
  if (files.length > 0) return steps(files.map((name) => `pip install -r ${name}`));
  if (here.includes('pyproject.toml') || here.includes('setup.py')) return steps(['pip install -e .']);
  return steps([]);
}

function findServer(
  folder: Folder,
  programs: readonly string[],
  libraries: string,
  reasons: Reason[],
): Server | undefined {
  if (
    filesHere(folder).includes('manage.py') &&
    (/django/i.test(libraries) || /django/i.test(folder.read('manage.py') ?? ''))
  ) {
    reasons.push({ what: 'Django', file: 'manage.py' });
    return {
      framework: 'Django',
      port: 8000,
      program: 'python manage.py runserver 0.0.0.0:8000',
      debugged: 'manage.py runserver --noreload 0.0.0.0:8000',
      isReloading: true,
      more: [{ id: 'migrate', kind: 'other', line: `${activate} && python manage.py migrate` }],
      needs: /^\s*["']?django\b/im.test(libraries) ? [] : ['django'],
    };
  }
  return findApplication(folder, programs, libraries, reasons);
}

function findApplication(
  folder: Folder,
  programs: readonly string[],
  libraries: string,
  reasons: Reason[],
): Server | undefined {
  for (const file of programs) {
    const found = findIn(folder.read(file), /^(\w+)\s*(?::\s*\w+\s*)?=\s*FastAPI\(/m) ?? undefined;
    if (found === undefined) continue;
    reasons.push({ what: 'FastAPI', file, line: found.line });
    const target = `${toModule(file)}:${found.value} --host 0.0.0.0 --port 8000`;
    const hasServer = /\buvicorn\b|fastapi\[(standard|all)\]/.test(libraries);
    return {
      framework: 'FastAPI',
      port: 8000,
      program: `uvicorn ${target} --reload`,
      debugged: `-m uvicorn ${target}`,
      isReloading: true,
      more: [],
      needs: [...(/\bfastapi\b/i.test(libraries) ? [] : ['fastapi']), ...(hasServer ? [] : ['uvicorn'])],
    };
  }
  for (const file of programs) {
    const found = findIn(folder.read(file), /^\s*(?:\w+\s*=\s*Flask\(|def create_app\()/m);
    if (found === undefined || !/flask/i.test(`${libraries}${folder.read(file)}`)) continue;
    reasons.push({ what: 'Flask', file, line: found.line });
    const words = `flask --app ${toModule(file)}`;
    return {
      framework: 'Flask',
      port: 5000,
      program: `${words} run --debug --host 0.0.0.0 --port 5000`,
      debugged: `-m ${words} run --host 0.0.0.0 --port 5000`,
      isReloading: true,
      more: [],
      needs: /\bflask\b/i.test(libraries) ? [] : ['flask'],
    };
  }
  return undefined;
}

function toModule(file: string): string {
  return file.replace(/\.py$/, '').replaceAll('/', '.');
}

interface Parts {
  readonly install: string | undefined;
  readonly server: Server | undefined;
  readonly libraries: string;
  readonly programs: readonly string[];
}

function makeCommands(folder: Folder, { install, server, libraries, programs }: Parts): ProposedCommand[] {
  const script =
    ['main.py', 'app.py', 'server.py', '__main__.py'].find((name) => programs.includes(name)) ?? programs[0];
  const run = server?.program ?? (script === undefined ? undefined : `python ${script}`);
  const debugged = server?.debugged ?? script;
  const hasPytest = /\bpytest\b/.test(libraries);
  const test =
    server?.framework === 'Django' && !hasPytest
      ? 'python manage.py test'
      : `python -m ${hasPytest ? 'pytest' : 'unittest'}`;
  const hasTests =
    hasPytest ||
    server?.framework === 'Django' ||
    folder.files.some((file) => /(^|\/)tests?(\/|_\w+\.py$)|_test\.py$/.test(file));
  return [
    ...(install === undefined ? [] : [{ id: 'install', kind: 'install', line: install } as const]),
    ...(run === undefined
      ? []
      : [
          { id: 'run', kind: 'run', line: `${activate} && ${run}`, isReloading: server?.isReloading === true } as const,
        ]),
    ...(debugged === undefined
      ? []
      : [
          {
            id: 'debug',
            kind: 'debug',
            line: `${activate} && pip install -q debugpy && python -m debugpy --listen 0.0.0.0:5678 ${debugged}`,
          } as const,
        ]),
    ...(hasTests ? [{ id: 'test', kind: 'test', line: `${activate} && ${test}` } as const] : []),
    ...(server?.more ?? []),
  ];
}
