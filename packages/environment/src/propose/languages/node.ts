import { filesHere, findIn, findVersion, isObject, readObject } from '../look.ts';
import type { Folder, ProposedCommand, Reason, Recognised } from '../types.ts';

const usualVersion = '20';

interface Framework {
  readonly name: string;
  readonly library: string;
  readonly port: number;
  /** Words after the script so that it listens on all addresses. */
  readonly words: string;
}

/** The more special ones first: Next.js uses React as well. */
const frameworks: readonly Framework[] = [
  { name: 'Next.js', library: 'next', port: 3000, words: '' },
  { name: 'Nuxt', library: 'nuxt', port: 3000, words: '--host 0.0.0.0' },
  { name: 'Angular', library: '@angular/core', port: 4200, words: '--host 0.0.0.0' },
  { name: 'NestJS', library: '@nestjs/core', port: 3000, words: '' },
  { name: 'SvelteKit', library: '@sveltejs/kit', port: 5173, words: '--host 0.0.0.0' },
  { name: 'Vite', library: 'vite', port: 5173, words: '--host 0.0.0.0' },
  { name: 'Vue', library: '@vue/cli-service', port: 8080, words: '--host 0.0.0.0' },
  { name: 'React', library: 'react-scripts', port: 3000, words: '' },
  { name: 'Fastify', library: 'fastify', port: 3000, words: '' },
  { name: 'Express', library: 'express', port: 3000, words: '' },
];

/** Node.js by its package.json: the lock file says by which package manager, the scripts say what is run. */
export function recogniseNode(folder: Folder): Recognised | undefined {
  const here = filesHere(folder);
  if (!here.includes('package.json')) return undefined;
  const description = readObject(folder, 'package.json') ?? {};
  const reasons: Reason[] = [{ what: 'Node.js', file: 'package.json' }];
  const libraries = { ...objectOf(description['dependencies']), ...objectOf(description['devDependencies']) };
  const framework = frameworks.find(({ library }) => Object.hasOwn(libraries, library));
  if (framework !== undefined) {
    const line = findIn(folder.read('package.json'), new RegExp(`"${framework.library}"\\s*:`))?.line;
    reasons.push({ what: framework.name, file: 'package.json', ...(line === undefined ? {} : { line }) });
  }
  const version = findVersion(folder, versionPlaces, 1);
  if (version !== undefined) reasons.push(version.reason);
  const manager = findManager(here, description, Object.keys(libraries).length > 0, reasons);
  const chosen = version?.version ?? usualVersion;
  const port = framework?.port ?? findPort(folder, description, reasons);
  return {
    language: 'Node.js',
    ...(framework === undefined ? {} : { framework: framework.name }),
    ...(port === undefined ? {} : { port }),
    weight: framework === undefined ? 2 : 3,
    version: chosen,
    image: `docker.io/library/node:${chosen}`,
    otherImages: [`docker.io/library/node:${chosen}-slim`, 'docker.io/library/node:lts'],
    debugPort: 9229,
    caches: [],
    env:
      port === undefined
        ? []
        : [
            { name: 'PORT', value: String(port) },
            { name: 'HOST', value: '0.0.0.0' },
          ],
    commands: makeCommands(folder, objectOf(description['scripts']), manager, framework, description),
    memory: '1Gi',
    libraries: Object.keys(libraries).join('\n'),
    reasons,
  };
}

const versionPlaces: readonly (readonly [string, RegExp])[] = [
  ['.nvmrc', /^v?(\d+)/m],
  ['.node-version', /^v?(\d+)/m],
  ['Dockerfile', /^FROM\s+\S*node:(\d+)/im],
  ['package.json', /"engines"\s*:\s*\{[^{}]*?"node"\s*:\s*"[^\d"]*(\d+)/],
];

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

interface Manager {
  readonly install: string | undefined;
  /** What runs a script: `npm run`. */
  readonly run: string;
  readonly separator: string;
}

function findManager(
  here: readonly string[],
  { packageManager }: { readonly packageManager?: unknown },
  hasLibraries: boolean,
  reasons: Reason[],
): Manager {
  const named = typeof packageManager === 'string' ? /^(pnpm|yarn|npm)@/.exec(packageManager)?.[1] : undefined;
  const lock = ['pnpm-lock.yaml', 'yarn.lock', 'package-lock.json', 'npm-shrinkwrap.json'].find((name) =>
    here.includes(name),
  );
  if (lock !== undefined) reasons.push({ what: 'the lock file', file: lock });
  const name = named ?? (lock === 'pnpm-lock.yaml' ? 'pnpm' : lock === 'yarn.lock' ? 'yarn' : 'npm');
  if (name === 'pnpm') return { install: 'corepack enable && pnpm install', run: 'pnpm run', separator: '' };
  if (name === 'yarn') return { install: 'corepack enable && yarn install', run: 'yarn run', separator: '' };
  const install = lock === undefined || lock === 'yarn.lock' ? 'npm install' : 'npm ci';
  return { install: hasLibraries || lock !== undefined ? install : undefined, run: 'npm run', separator: '-- ' };
}

/** A port that the program names; where there is none, none is guessed. */
function findPort(folder: Folder, { main }: { readonly main?: unknown }, reasons: Reason[]): number | undefined {
  const names = [
    'server.js',
    'index.js',
    'app.js',
    'main.js',
    'src/index.js',
    'src/server.js',
    'server.ts',
    'src/index.ts',
    'server.mjs',
    'index.mjs',
  ];
  for (const file of [...(typeof main === 'string' ? [main.replace(/^\.\//, '')] : []), ...names]) {
    if (!folder.files.includes(file)) continue;
    const found = findIn(
      folder.read(file),
      /(?:PORT\s*(?:\|\||\?\?)\s*['"]?|listen\(\s*['"]?|port\s*[:=]\s*['"]?)(\d{2,5})\b/i,
    );
    if (found === undefined || Number(found.value) > 65_535) continue;
    reasons.push({ what: `port ${found.value}`, file, line: found.line });
    return Number(found.value);
  }
  return undefined;
}

function makeCommands(
  folder: Folder,
  scripts: Readonly<Record<string, unknown>>,
  { install, run, separator }: Manager,
  framework: Framework | undefined,
  { main }: { readonly main?: unknown },
): ProposedCommand[] {
  const has = (name: string): boolean => typeof scripts[name] === 'string' && scripts[name] !== '';
  const script = ['dev', 'start:dev', 'develop', 'serve', 'start'].find(has);
  const entry =
    typeof main === 'string' &&
    /^[\w./-]+$/.test(main) &&
    !main.startsWith('-') &&
    folder.files.includes(main.replace(/^\.\//, ''))
      ? main
      : undefined;
  const file =
    entry ?? ['server.js', 'index.js', 'app.js', 'main.js', 'index.mjs'].find((name) => folder.files.includes(name));
  const words = framework === undefined || framework.words === '' ? '' : ` ${separator}${framework.words}`;
  const line = script === undefined ? (file === undefined ? undefined : `node ${file}`) : `${run} ${script}${words}`;
  const isReloading = script !== undefined && script !== 'start' && framework !== undefined;
  return [
    ...(install === undefined ? [] : [{ id: 'install', kind: 'install', line: install } as const]),
    ...(has('build') ? [{ id: 'build', kind: 'build', line: `${run} build` } as const] : []),
    ...(line === undefined ? [] : [{ id: 'run', kind: 'run', line, isReloading } as const]),
    ...(file === undefined
      ? []
      : [{ id: 'debug', kind: 'debug', line: `node --inspect=0.0.0.0:9229 ${file}` } as const]),
    ...(has('test') ? [{ id: 'test', kind: 'test', line: `${run} test` } as const] : []),
  ];
}
