import { filesHere, findIn, findVersion, readObject } from '../look.ts';
import type { Folder, Reason, Recognised } from '../types.ts';

const rustServers = [
  ['Actix', /^actix-web\b/m, 8080],
  ['Axum', /^axum\b/m, 3000],
  ['Rocket', /^rocket\b/m, 8000],
] as const;

/** Rust by its Cargo.toml. */
export function recogniseRust(folder: Folder): Recognised | undefined {
  const manifest = folder.read('Cargo.toml');
  if (manifest === undefined || !filesHere(folder).includes('Cargo.toml')) return undefined;
  const reasons: Reason[] = [{ what: 'Rust', file: 'Cargo.toml' }];
  const server = rustServers.find(([, pattern]) => pattern.test(manifest));
  if (server !== undefined)
    reasons.push({ what: server[0], file: 'Cargo.toml', line: findIn(manifest, server[1])?.line ?? 1 });
  const version = findVersion(
    folder,
    [
      ['rust-toolchain', /^(\d+\.\d+)/m],
      ['rust-toolchain.toml', /^channel\s*=\s*"(\d+\.\d+)/m],
      ['Cargo.toml', /^rust-version\s*=\s*"(\d+\.\d+)/m],
    ],
    2,
  );
  if (version !== undefined) reasons.push(version.reason);
  const chosen = version?.version ?? '1';
  return {
    language: 'Rust',
    ...(server === undefined ? {} : { framework: server[0], port: server[2] }),
    weight: server === undefined ? 3 : 4,
    version: chosen,
    image: `docker.io/library/rust:${chosen}`,
    otherImages: [],
    caches: [
      { name: 'cargo', path: '/usr/local/cargo/registry' },
      { name: 'target', path: '/target' },
    ],
    env: [{ name: 'CARGO_TARGET_DIR', value: '/target' }],
    commands: [
      { id: 'build', kind: 'build', line: 'cargo build' },
      { id: 'run', kind: 'run', line: 'cargo run' },
      { id: 'test', kind: 'test', line: 'cargo test' },
    ],
    memory: '4Gi',
    libraries: manifest,
    reasons,
  };
}

/** PHP by its composer.json, or by an index.php. */
export function recognisePhp(folder: Folder): Recognised | undefined {
  const here = filesHere(folder);
  const composer = readObject(folder, 'composer.json');
  const first = ['composer.json', 'index.php', 'public/index.php'].find((name) => folder.files.includes(name));
  if (first === undefined) return undefined;
  const reasons: Reason[] = [{ what: 'PHP', file: first }];
  const text = folder.read('composer.json') ?? '';
  const framework =
    here.includes('artisan') && text.includes('laravel/framework')
      ? 'Laravel'
      : text.includes('symfony/framework-bundle')
        ? 'Symfony'
        : undefined;
  if (framework !== undefined)
    reasons.push({
      what: framework,
      file: 'composer.json',
      line: findIn(text, /laravel\/framework|symfony\/framework-bundle/)?.line ?? 1,
    });
  const version = findVersion(
    folder,
    [
      ['.php-version', /^(\d+\.\d+)/m],
      ['composer.json', /"php"\s*:\s*"[^\d"]*(\d+\.\d+)/],
    ],
    2,
  );
  if (version !== undefined) reasons.push(version.reason);
  const chosen = version?.version ?? '8.3';
  const root = folder.files.includes('public/index.php') ? ' -t public' : '';
  const run = framework === 'Laravel' ? 'php artisan serve --host 0.0.0.0 --port 8000' : `php -S 0.0.0.0:8000${root}`;
  const composerInstall =
    'command -v composer || { curl -fsS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer; }\ncomposer install';
  const hasTests = text.includes('phpunit');
  return {
    language: 'PHP',
    ...(framework === undefined ? {} : { framework }),
    weight: framework === undefined ? (composer === undefined ? 1 : 2) : 4,
    version: chosen,
    image: `docker.io/library/php:${chosen}-cli`,
    otherImages: [`docker.io/library/php:${chosen}-apache`],
    port: 8000,
    caches: [],
    env: [],
    commands: [
      ...(composer === undefined ? [] : [{ id: 'install', kind: 'install', line: composerInstall } as const]),
      { id: 'run', kind: 'run', line: run, isReloading: true },
      ...(hasTests ? [{ id: 'test', kind: 'test', line: 'vendor/bin/phpunit' } as const] : []),
    ],
    memory: '512Mi',
    libraries: text,
    reasons,
  };
}

/** .NET by its project or solution file. */
export function recogniseDotnet(folder: Folder): Recognised | undefined {
  const projects = folder.files.filter((file) => /\.(cs|fs|vb)proj$/.test(file));
  const solution = filesHere(folder).find((file) => /\.slnx?$/.test(file));
  const first = projects.find((file) => !file.includes('/')) ?? solution ?? projects[0];
  if (first === undefined) return undefined;
  const reasons: Reason[] = [{ what: '.NET', file: first }];
  const texts = projects.map((file) => folder.read(file) ?? '');
  const version = findVersion(
    folder,
    [
      ...projects.map((file) => [file, /<TargetFramework>net(\d+\.\d+)</] as const),
      ['global.json', /"version"\s*:\s*"(\d+\.\d+)/],
    ],
    2,
  );
  if (version !== undefined) reasons.push(version.reason);
  const isWeb = texts.some((text) => text.includes('Microsoft.NET.Sdk.Web'));
  const chosen = version?.version ?? '8.0';
  return {
    language: '.NET',
    ...(isWeb ? { framework: 'ASP.NET Core', port: 8080 } : {}),
    weight: isWeb ? 4 : 3,
    version: chosen,
    image: `mcr.microsoft.com/dotnet/sdk:${chosen}`,
    otherImages: [],
    caches: [{ name: 'nuget', path: '/root/.nuget' }],
    env: [
      { name: 'DOTNET_CLI_TELEMETRY_OPTOUT', value: '1' },
      ...(isWeb ? [{ name: 'ASPNETCORE_URLS', value: 'http://0.0.0.0:8080' }] : []),
    ],
    commands: [
      { id: 'build', kind: 'build', line: 'dotnet build' },
      {
        id: 'run',
        kind: 'run',
        line: isWeb ? 'dotnet watch run --no-launch-profile' : 'dotnet run',
        isReloading: isWeb,
      },
      { id: 'test', kind: 'test', line: 'dotnet test' },
    ],
    memory: '2Gi',
    libraries: texts.join('\n'),
    reasons,
  };
}
