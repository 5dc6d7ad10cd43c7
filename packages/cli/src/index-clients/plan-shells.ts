import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { mergeIni } from './files/ini-file.ts';
import { insertBlock } from './files/marked-block.ts';
import { type ClientPlan, type FileEdit, type IndexAddress, type Places, type Scope } from './types.ts';

/** `~/.devpi.ini`, and the scripts beside it. */
export function planDevpi(address: IndexAddress, scope: Scope, places: Places): ClientPlan {
  if (scope !== 'user') throw new AppError('USAGE', `devpi has no settings for --${scope}`, { hint: 'Use --user.' });
  const { url, index, username, caBundle, token } = address;
  const values = {
    url,
    index,
    username,
    ...(token === undefined ? {} : { token }),
    ...(caBundle === undefined ? {} : { cert: caBundle }),
  };
  const edit = (text: string): string => mergeIni(text, [{ name: 'devpi', values }]);
  return {
    edits: [{ path: join(places.home, '.devpi.ini'), edit, isSecret: true }, ...planScripts(address, scope, places)],
    notes: [`the devpi client is told by: devpi use ${url}/${index}`, ...caNotes(address)],
  };
}

/** The functions `devpi-env`, `devpi-init-admin` and `devpi-upload-pkg` for a shell. */
export function planShell(
  shell: 'fish' | 'bash' | 'zsh',
  address: IndexAddress,
  scope: Scope,
  places: Places,
): ClientPlan {
  if (scope === 'project')
    throw new AppError('USAGE', `${shell} has no settings of a project`, { hint: 'Use --user.' });
  const path = shellFile(shell, scope, places);
  const scripts = scriptsFolder(scope, places);
  const quote = shell === 'fish' ? quoteForFish : quoteForShell;
  const functions = fill(readShellText(shell === 'fish' ? 'devpi.fish' : 'devpi.sh'), address, scripts, quote);
  const file = join(scripts, 'devpi.sh');
  // Other shells than bash read profile.d as well, and take no such names of functions.
  const guard = shell === 'bash' && scope === 'global' ? '[ -n "${BASH_VERSION:-}" ] && ' : '';
  const block = shell === 'fish' ? functions : `${guard}[ -r ${quote(file)} ] && . ${quote(file)}`;
  const append = (text: string): string => insertBlock(text, block.trimEnd().split('\n'), { at: Infinity });
  return {
    edits: [
      { path, edit: append },
      ...(shell === 'fish' ? [] : [{ path: file, edit: () => functions, isOwn: true }]),
      ...planScripts(address, scope, places),
    ],
    notes: [`a new ${shell} has devpi-env, devpi-init-admin and devpi-upload-pkg`, ...caNotes(address)],
  };
}

function shellFile(shell: 'fish' | 'bash' | 'zsh', scope: Scope, { root, home, configuration, zsh }: Places): string {
  const isGlobal = scope === 'global';
  switch (shell) {
    case 'fish':
      return isGlobal ? join(root, 'etc/fish/conf.d/devpi.fish') : join(configuration, 'fish/conf.d/devpi.fish');
    case 'bash':
      return isGlobal ? join(root, 'etc/profile.d/devpi.sh') : join(home, '.bashrc');
    case 'zsh':
      return isGlobal ? join(root, 'etc/zsh/zshrc') : join(zsh ?? home, '.zshrc');
  }
}

function scriptsFolder(scope: Scope, { root, home }: Places): string {
  return scope === 'global' ? join(root, 'usr/local/share/devstead') : join(home, 'devpi-scripts');
}

function planScripts(address: IndexAddress, scope: Scope, places: Places): FileEdit[] {
  const folder = scriptsFolder(scope, places);
  return ['devpi-init-admin.sh', 'devpi-upload-pkg.sh'].map((name) => ({
    path: join(folder, name),
    edit: () => fill(readShellText(name), address, folder, (text) => text),
    isProgram: true,
    isOwn: true,
  }));
}

function readShellText(name: string): string {
  return readFileSync(new URL(`./shell/${name}`, import.meta.url), 'utf8');
}

function fill(text: string, address: IndexAddress, scripts: string, quote: (text: string) => string): string {
  const { url, index, username, caBundle } = address;
  const setCa =
    quote === quoteForFish
      ? 'set -q SSL_CERT_FILE; or set -gx SSL_CERT_FILE '
      : '[ -n "${SSL_CERT_FILE:-}" ] || export SSL_CERT_FILE=';
  const ca = caBundle === undefined ? '' : `${setCa}${quote(caBundle)}\n`;
  const values: Readonly<Record<string, string>> = { URL: url, INDEX: index, USERNAME: username, SCRIPTS: scripts };
  return text
    .replace(/^@CA@\n/m, () => ca)
    .replace(/'@([A-Z]+)@([^']*)'/g, (_, name: string, rest: string) => quote(`${values[name] ?? ''}${rest}`))
    .replace(/@([A-Z]+)@/g, (_, name: string) => values[name] ?? '');
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quoteForFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function caNotes({ caBundle }: IndexAddress): string[] {
  return caBundle === undefined ? [] : [`the devpi client takes a CA from REQUESTS_CA_BUNDLE: ${caBundle}`];
}
