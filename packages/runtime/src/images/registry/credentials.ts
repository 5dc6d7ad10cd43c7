import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import { waitForClose } from '../../process/run-process.ts';
import type { RegistrySettings } from './registry-settings.ts';

/** How to say who one is: by name and password, or by a token that a registry gave for a login. */
export type Credentials =
  | { readonly type: 'password'; readonly username: string; readonly password: string }
  | { readonly type: 'identityToken'; readonly token: string };

interface AuthFile {
  readonly auths?: Readonly<Record<string, { readonly auth?: unknown; readonly identitytoken?: unknown }>>;
  readonly credHelpers?: Readonly<Record<string, unknown>>;
  readonly credsStore?: unknown;
}

const helperTimeoutMs = 30_000;
const longestAnswer = 1 << 16;

/**
 * The login for a repository, from the first file that has one: its most exact entry, else a helper of the registry, else
 * the store of all logins. Undefined: nobody logged in. Throws REGISTRY_DENIED when a helper fails, UNREADABLE_INPUT for
 * a file that is no JSON.
 */
export async function findCredentials(
  host: string,
  repository: string,
  settings: RegistrySettings,
): Promise<Credentials | undefined> {
  for (const file of settings.authFiles) {
    const content = readAuthFile(file);
    if (content === undefined) continue;
    const found = await findInFile(content, host, repository, settings);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readAuthFile(file: string): AuthFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below, without the content.
  }
  throw new AppError('UNREADABLE_INPUT', `${file} is no JSON object, so its logins cannot be read`);
}

async function findInFile(
  content: AuthFile,
  host: string,
  repository: string,
  settings: RegistrySettings,
): Promise<Credentials | undefined> {
  const helper = content.credHelpers?.[host];
  if (typeof helper === 'string') return askHelper(helper, host, settings);
  const wanted = listKeys(host, repository);
  const entries = Object.entries(content.auths ?? {}).map(([key, value]) => [normalise(key), value] as const);
  for (const key of wanted) {
    const entry = entries.find(([name]) => name === key)?.[1];
    const found = entry === undefined ? undefined : readEntry(entry);
    if (found !== undefined) return found;
  }
  const store = content.credsStore;
  return typeof store === 'string' && store !== '' ? askHelper(store, serverName(host), settings) : undefined;
}

/** `example.com/team/app`, `example.com/team`, `example.com`: the most exact first (containers-auth.json(5)). */
function listKeys(host: string, repository: string): string[] {
  const parts = [host, ...repository.split('/')];
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

/** docker writes addresses where others write names, and its own registry under an old one. */
function normalise(key: string): string {
  const name = key
    .replace(/^https?:\/\//, '')
    .replace(/\/v[12]\/?$/, '')
    .replace(/\/+$/, '');
  return name === 'index.docker.io' || name === 'registry-1.docker.io' ? 'docker.io' : name;
}

function serverName(host: string): string {
  return host === 'docker.io' ? 'https://index.docker.io/v1/' : host;
}

function readEntry(entry: { readonly auth?: unknown; readonly identitytoken?: unknown }): Credentials | undefined {
  if (typeof entry.identitytoken === 'string' && entry.identitytoken !== '')
    return { type: 'identityToken', token: entry.identitytoken };
  if (typeof entry.auth !== 'string' || entry.auth === '') return undefined;
  const text = Buffer.from(entry.auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { type: 'password', username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

/** Asks a `docker-credential-NAME` program. One that says it has no login is no failure. */
async function askHelper(name: string, server: string, settings: RegistrySettings): Promise<Credentials | undefined> {
  if (!/^[\w-]+$/.test(name)) throw new AppError('REGISTRY_DENIED', `${JSON.stringify(name)} names no login helper`);
  const program = `docker-credential-${name}`;
  const child = spawn(program, ['get'], {
    env: { ...settings.helperEnv },
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: helperTimeoutMs,
    killSignal: 'SIGKILL',
  });
  let answer = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (answer.length < longestAnswer) answer += text;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(server);
  const failed = (cause?: unknown): AppError =>
    new AppError('REGISTRY_DENIED', `the login helper ${program} failed for ${server}`, {
      cause,
      hint: `Try it: echo ${server} | ${program} get`,
    });
  const code = await waitForClose(child, program).catch((error: unknown) => {
    throw failed(error);
  });
  if (code !== 0) {
    if (/credentials not found/i.test(answer)) return undefined;
    throw failed();
  }
  try {
    const { Username: username, Secret: secret } = JSON.parse(answer) as { Username?: unknown; Secret?: unknown };
    if (typeof username !== 'string' || typeof secret !== 'string') throw failed();
    return username === '<token>'
      ? { type: 'identityToken', token: secret }
      : { type: 'password', username, password: secret };
  } catch (error) {
    throw failed(error);
  }
}
