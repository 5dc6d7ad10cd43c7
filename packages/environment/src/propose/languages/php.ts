import { filesHere, findIn, findVersion, readObject } from '../look.ts';
import type { Folder, Reason, Recognised } from '../types.ts';

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
  const hasTests = text.includes('phpunit');
  return {
    language: 'PHP',
    ...(framework === undefined ? {} : { framework }),
    weight: framework === undefined ? (composer === undefined ? 1 : 2) : 4,
    version: chosen,
    // The images of PHP itself have no Composer; its own image has the newest PHP.
    image: composer === undefined ? `docker.io/library/php:${chosen}-cli` : 'docker.io/library/composer:2',
    otherImages:
      composer === undefined ? [`docker.io/library/php:${chosen}-apache`] : [`docker.io/library/php:${chosen}-cli`],
    port: 8000,
    caches: [],
    env: [],
    commands: [
      ...(composer === undefined ? [] : [{ id: 'install', kind: 'install', line: 'composer install' } as const]),
      { id: 'run', kind: 'run', line: run, isReloading: true },
      ...(hasTests ? [{ id: 'test', kind: 'test', line: 'vendor/bin/phpunit' } as const] : []),
    ],
    memory: '512Mi',
    libraries: text,
    reasons,
  };
}
