import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { mergeIni } from './files/ini-file.ts';
import { mergeToml, type TomlTable } from './files/toml-file.ts';
import {
  type ClientPlan,
  type FileEdit,
  type IndexAddress,
  type Places,
  type Scope,
  simpleUrl,
  untrustedHost,
  uploadUrl,
  withToken,
} from './types.ts';

/** What each of its settings is called in clients that give indexes names. */
const ownName = 'devstead';

type Planner = (address: IndexAddress, scope: Scope, places: Places) => ClientPlan;

/** pip.conf (pip's documentation, topics/configuration). */
export const planPip: Planner = (address, scope, places) => {
  const host = untrustedHost(address);
  const values = {
    'index-url': withToken(simpleUrl(address), address),
    ...(address.caBundle === undefined || host !== undefined ? {} : { cert: address.caBundle }),
  };
  const lists = host === undefined ? {} : { 'trusted-host': [host] };
  const edit = (text: string): string =>
    // In a section of a command the key would win over the one of `global`.
    mergeIni(text, [{ name: 'global', values, lists }], (section, key) => section !== 'global' && key === 'index-url');
  const edits = pipFiles(scope, places).map((path) => ({ path, edit, isSecret: true }));
  const extra = edits.filter(({ path }) => /^\s*extra[-_]index[-_]url/im.test(readText(path)));
  return {
    edits,
    notes: extra.map(
      ({ path }) => `${path} has an extra-index-url as well: a name that is on both may come from there`,
    ),
  };
};

function pipFiles(scope: Scope, { root, home, configuration, virtualEnvironment }: Places): string[] {
  if (scope === 'global') return [join(root, 'etc/pip.conf')];
  // pip reads both, older tools only the second.
  if (scope === 'user') return [join(configuration, 'pip/pip.conf'), join(home, '.pip/pip.conf')];
  if (virtualEnvironment !== undefined) return [join(virtualEnvironment, 'pip.conf')];
  throw new AppError('USAGE', 'pip has settings of a project only in a virtual environment, and there is none here', {
    hint: 'Make one (python3 -m venv .venv), or use --user.',
  });
}

/** uv.toml, or `[tool.uv]` of a project that has no uv.toml (uv's documentation, concepts/configuration-files). */
export const planUv: Planner = (address, scope, places) => {
  const project = join(places.project, 'pyproject.toml');
  const own = join(places.project, 'uv.toml');
  const isInProject = scope === 'project' && !existsSync(own) && existsSync(project);
  const path =
    scope === 'global'
      ? join(places.root, 'etc/uv/uv.toml')
      : scope === 'user'
        ? join(places.configuration, 'uv/uv.toml')
        : isInProject
          ? project
          : own;
  const prefix = isInProject ? 'tool.uv' : '';
  const name = isInProject ? 'tool.uv.index' : 'index';
  const values = {
    name: quote(ownName),
    url: quote(withToken(simpleUrl(address), address)),
    default: 'true',
    'publish-url': quote(uploadUrl(address)),
  };
  // Two defaults would leave it to their order which counts.
  const hides = (table: TomlTable): readonly number[] => {
    if (table.name === name && table.keys.some(({ key, value }) => key === 'default' && /^true\b/.test(value)))
      return table.lines.filter((line, index) => index === 0 || table.keys.some(({ lines }) => lines.includes(line)));
    return table.name === prefix ? table.keys.flatMap(({ key, lines }) => (key === 'index-url' ? lines : [])) : [];
  };
  const notes = address.caBundle === undefined ? [] : [`uv takes a CA from SSL_CERT_FILE: ${address.caBundle}`];
  const block = isInProject ? { block: 'uv' } : {};
  const edit = (text: string): string => mergeToml(text, { name, isArrayItem: true, values, ...block }, path, hides);
  return {
    edits: [{ path, edit, isSecret: !isInProject, ...block }],
    notes: [...notes, `to publish: uv publish --index ${ownName}`],
  };
};

/** A source in pyproject.toml; for the user, a repository to publish to (Poetry's documentation, repositories). */
export const planPoetry: Planner = (address, scope, places) => {
  if (scope === 'global') throw withoutScope('Poetry', scope);
  if (scope === 'project') {
    const path = requireProject('Poetry', places);
    const block = 'poetry';
    const values = { name: quote(ownName), url: quote(simpleUrl(address)), priority: quote('primary') };
    const edit = (text: string): string =>
      mergeToml(text, { name: 'tool.poetry.source', isArrayItem: true, values, block }, path);
    return {
      edits: [{ path, edit, block }],
      notes: caNote('Poetry', address, `poetry config certificates.${ownName}.cert`),
    };
  }
  const folder = join(places.configuration, 'pypoetry');
  const config = join(folder, 'config.toml');
  const edits: FileEdit[] = [
    {
      path: config,
      isSecret: true,
      edit: (text) => {
        const withUrl = mergeToml(
          text,
          { name: `repositories.${ownName}`, values: { url: quote(uploadUrl(address)) } },
          config,
        );
        if (address.caBundle === undefined) return withUrl;
        const values = { cert: quote(address.caBundle) };
        return mergeToml(withUrl, { name: `certificates.${ownName}`, values }, config);
      },
    },
  ];
  if (address.token !== undefined) {
    const path = join(folder, 'auth.toml');
    const values = { username: quote(address.username), password: quote(address.token) };
    edits.push({
      path,
      isSecret: true,
      edit: (text) => mergeToml(text, { name: `http-basic.${ownName}`, values }, path),
    });
  }
  return {
    edits,
    notes: [
      `to publish: poetry publish --repository ${ownName}`,
      'Poetry takes what it installs from the sources of each project: devstead index configure poetry --project',
    ],
  };
};

/** The index in PDM's own configuration, or a source of the project (PDM's documentation, usage/config). */
export const planPdm: Planner = (address, scope, places) => {
  const secured = untrustedHost(address) === undefined ? 'true' : 'false';
  if (scope === 'project') {
    const path = requireProject('PDM', places);
    const block = 'pdm';
    const values = { name: quote('pypi'), url: quote(simpleUrl(address)), verify_ssl: secured };
    const name = 'tool.pdm.source';
    const hides = (table: TomlTable): readonly number[] =>
      table.name === name && table.keys.some(({ key, value }) => key === 'name' && /^["']pypi["']/.test(value))
        ? table.lines.filter((line, index) => index === 0 || table.keys.some(({ lines }) => lines.includes(line)))
        : [];
    return {
      edits: [
        { path, edit: (text) => mergeToml(text, { name, isArrayItem: true, values, block }, path, hides), block },
      ],
      notes: [],
    };
  }
  const path =
    scope === 'global' ? join(places.root, 'etc/xdg/pdm/config.toml') : join(places.configuration, 'pdm/config.toml');
  const ca = address.caBundle === undefined ? {} : { ca_certs: quote(address.caBundle) };
  const login =
    address.token === undefined ? {} : { username: quote(address.username), password: quote(address.token) };
  const edit = (text: string): string => {
    const values = { url: quote(simpleUrl(address)), verify_ssl: secured, ...login, ...ca };
    const withIndex = mergeToml(text, { name: 'pypi', values }, path);
    const repository = { url: quote(uploadUrl(address)), ...login, ...ca };
    return mergeToml(withIndex, { name: `repository.${ownName}`, values: repository }, path);
  };
  return { edits: [{ path, edit, isSecret: true }], notes: [`to publish: pdm publish --repository ${ownName}`] };
};

/** `.pypirc` (packaging.python.org, specifications/pypirc). */
export const planTwine: Planner = (address, scope, places) => {
  if (scope !== 'user') throw withoutScope('twine', scope);
  const edit = (text: string): string =>
    mergeIni(text, [
      { name: 'distutils', values: {}, lists: { 'index-servers': [ownName] } },
      {
        name: ownName,
        values: {
          repository: uploadUrl(address),
          username: address.username,
          ...(address.token === undefined ? {} : { password: address.token }),
          ...(address.caBundle === undefined ? {} : { ca_cert: address.caBundle }),
        },
      },
    ]);
  return {
    edits: [{ path: join(places.home, '.pypirc'), edit, isSecret: true }],
    notes: [`to publish: twine upload --repository ${ownName} dist/*`],
  };
};

function requireProject(client: string, { project }: Places): string {
  const path = join(project, 'pyproject.toml');
  if (existsSync(path)) return path;
  throw new AppError('USAGE', `there is no pyproject.toml in ${project}, where ${client} has a project’s settings`);
}

function withoutScope(client: string, scope: Scope): AppError {
  return new AppError('USAGE', `${client} has no settings for --${scope}`, { hint: 'Use --user.' });
}

function caNote(client: string, { caBundle }: IndexAddress, how: string): string[] {
  return caBundle === undefined ? [] : [`${client} is told of the CA by: ${how} ${caBundle}`];
}

/** As TOML writes strings. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
