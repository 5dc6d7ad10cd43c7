import { judgePath, parseIgnoreFile } from './ignore-rules.ts';

/** Whether a path, or a folder above it, is among those that patterns written as in gitignore(5) stand for. */
export function makePathFilter(patterns: readonly string[]): (path: string) => boolean {
  const chain = { file: parseIgnoreFile(patterns.join('\n'), 0), above: undefined };
  return (path) => {
    const names = path.split('/');
    return names.some(
      (_, index) => judgePath(chain, names.slice(0, index + 1), index < names.length - 1) === 'ignored',
    );
  };
}
