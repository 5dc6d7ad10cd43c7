import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '@devstead/devfile/limits';
import { recipesFolder } from '@devstead/runtime/workspace';
import { parseDuration } from '../parse-duration.ts';
import type { ConfigCode } from './config-codes.ts';
import { judgeSize } from './judge-size.ts';

export type ConfigValue = string | number | boolean | readonly string[] | Readonly<Record<string, string>>;

/** A value that a key takes, or what is wrong with it. */
export type Judged = { readonly value: ConfigValue } | { readonly code: ConfigCode; readonly message: string };

export interface ConfigKey {
  /** Dotted, as it is nested in the file. */
  readonly path: string;
  readonly variable: `DEVSTEAD_${string}`;
  readonly summary: string;
  /** Absent where the machine decides, or where there is none. */
  readonly fallback?: ConfigValue;
  /** How the default is told to people. */
  readonly fallbackText: string;
  /** A repository's own file may set it: it widens no trust. */
  readonly isForRepositories: boolean;
  /** Its part of the published JSON schema. */
  readonly schema: object;
  judge(value: unknown): Judged;
  /** The value that a variable's text stands for, to be judged like one from a file. */
  fromText(text: string): unknown;
}

const registryPattern = /^[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9._/-]+)?$/;
const mirrorPattern = /^(https?:\/\/)?[A-Za-z0-9[][A-Za-z0-9.:[\]-]*(\/[a-z0-9._/-]+)?$/;

/** Names that stand in addresses and scripts as they are. */
export const indexUserPattern = /^[\p{L}\p{N}._@-]{1,100}$/u;
export const indexNamePattern = /^[\p{L}\p{N}._@-]{1,100}\/[\p{L}\p{N}._@-]{1,100}$/u;
export const indexUrlPattern = /^https?:\/\/[A-Za-z0-9.[][A-Za-z0-9.:[\]-]*(?:\/[A-Za-z0-9._~/-]*)?$/;

const hostPattern = /^(\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9.-]*)(:\d{1,5})?$/i;

/** More than a hundred times what the largest known devfile has. */
const mostDevfileBytes = 16 * 1024 * 1024;

/** Every key of the configuration. */
export const configKeys: readonly ConfigKey[] = [
  {
    path: 'ca.bundle',
    variable: 'DEVSTEAD_CA_BUNDLE',
    summary: 'PEM file of the certificate authorities that workspaces and image builds trust',
    fallbackText: 'SSL_CERT_FILE, else the machine’s own bundle',
    isForRepositories: false,
    schema: { type: 'string', pattern: '^/' },
    fromText: (text) => text,
    judge: (value) => {
      if (typeof value !== 'string' || !value.startsWith('/')) return bad('ca.bundle must be an absolute path');
      return existsSync(value) ? { value } : { code: 'config.missing-file', message: `there is no file ${value}` };
    },
  },
  {
    path: 'debian.mirror',
    variable: 'DEVSTEAD_DEBIAN_MIRROR',
    summary: 'address of the Debian mirror that image builds download from',
    fallbackText: 'the machine’s own apt sources',
    isForRepositories: false,
    schema: { type: 'string', pattern: '^https?://[^/\\s]' },
    fromText: (text) => text,
    judge: (value) =>
      typeof value === 'string' && /^https?:\/\/[^/\s]\S*$/.test(value)
        ? { value }
        : bad('debian.mirror must be an http or https address'),
  },
  {
    path: 'devfiles.hosts',
    variable: 'DEVSTEAD_DEVFILES_HOSTS',
    summary:
      'hosts, `HOST` or `HOST:PORT`, that parents of devfiles may be fetched from although they are in a private network or have no encryption',
    fallback: [],
    fallbackText: 'none',
    isForRepositories: false,
    schema: { type: 'array', items: { type: 'string', pattern: hostPattern.source } },
    fromText: splitList,
    judge: (value) =>
      isListOf(value, (entry) => hostPattern.test(entry))
        ? { value }
        : bad('devfiles.hosts must be a list of hosts, such as devfiles.example.com or 10.0.0.7:8080'),
  },
  {
    path: 'devfiles.maxBytes',
    variable: 'DEVSTEAD_DEVFILES_MAX_BYTES',
    summary: 'size in bytes that a devfile may have, 512 KiB to 16 MiB; the other limits on what is in it grow with it',
    fallback: limits.bytes,
    fallbackText: String(limits.bytes),
    // What has to be read for a repository is not for the repository to say.
    isForRepositories: false,
    schema: { type: 'integer', minimum: limits.bytes, maximum: mostDevfileBytes },
    fromText: (text) => (/^\d+$/.test(text) ? Number(text) : text),
    judge: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= limits.bytes && value <= mostDevfileBytes
        ? { value }
        : bad(`devfiles.maxBytes must be a whole number from ${limits.bytes} to ${mostDevfileBytes}`),
  },
  {
    path: 'devfiles.pluginRegistries',
    variable: 'DEVSTEAD_DEVFILES_PLUGIN_REGISTRIES',
    summary:
      'addresses of the plugin registries that are asked, in this order, for an editor or plugin that a devfile 1.0.0 names by its id alone',
    fallback: [],
    fallbackText: 'none',
    // Its host is trusted, and what it brings runs.
    isForRepositories: false,
    schema: { type: 'array', items: { type: 'string', pattern: '^https?://[^/\\s]' } },
    fromText: splitList,
    judge: (value) =>
      isListOf(value, isRegistryAddress)
        ? { value }
        : bad('devfiles.pluginRegistries must be a list of http or https addresses without a user or a password'),
  },
  {
    path: 'devfiles.registries',
    variable: 'DEVSTEAD_DEVFILES_REGISTRIES',
    summary: 'addresses of the devfile registries that are asked, in this order, for a parent named by its id alone',
    fallback: [],
    fallbackText: 'none',
    // Its host is trusted, and what it brings runs.
    isForRepositories: false,
    schema: { type: 'array', items: { type: 'string', pattern: '^https?://[^/\\s]' } },
    fromText: splitList,
    judge: (value) =>
      isListOf(value, isRegistryAddress)
        ? { value }
        : bad('devfiles.registries must be a list of http or https addresses without a user or a password'),
  },
  {
    path: 'images.buildCache',
    variable: 'DEVSTEAD_IMAGES_BUILD_CACHE',
    summary: 'what builds from Dockerfiles may keep for later ones: a size such as `10Gi`; beyond it the oldest goes',
    fallback: 10 * 2 ** 30,
    fallbackText: '10Gi',
    isForRepositories: false,
    schema: {
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', pattern: '^\\d+(\\.\\d+)?([kmgtKMGT]i?)?[bB]?$' },
      ],
    },
    fromText: (text) => text,
    judge: (value) => judgeSize('images.buildCache', value),
  },
  {
    path: 'images.builder',
    variable: 'DEVSTEAD_IMAGES_BUILDER',
    summary:
      'who builds images from Dockerfiles: `buildah`, `engine` (Docker’s or Podman’s own builder), or `auto`: buildah where it is installed',
    fallback: 'auto',
    fallbackText: 'auto',
    // An engine is the machine's root to whoever may ask it.
    isForRepositories: false,
    schema: { type: 'string', pattern: '^(auto|buildah|engine)$' },
    fromText: (text) => text,
    judge: (value) =>
      value === 'auto' || value === 'buildah' || value === 'engine'
        ? { value }
        : bad('images.builder must be auto, buildah or engine'),
  },
  {
    path: 'images.mirrors',
    variable: 'DEVSTEAD_IMAGES_MIRRORS',
    summary:
      'place that is asked for a registry’s images before it, `HOST[:PORT][/PATH]`; with `http://` in front it may be without encryption',
    fallback: {},
    fallbackText: 'those of registries.conf',
    isForRepositories: false,
    schema: {
      type: 'object',
      additionalProperties: { type: 'string', pattern: mirrorPattern.source },
      propertyNames: { pattern: registryPattern.source },
    },
    fromText: (text) => Object.fromEntries(text.split(',').map(splitRow)),
    judge: judgeMirrors,
  },
  {
    path: 'images.rewrite',
    variable: 'DEVSTEAD_IMAGES_REWRITE',
    summary:
      'which recipe stands in for an image, by `repository` or `repository:tag` (`*` in a tag for any characters)',
    fallback: {},
    fallbackText: 'the rows of the recipes themselves',
    // A row can only name a recipe of this machine, never an address or a file, so it brings in nothing from outside.
    isForRepositories: true,
    schema: { type: 'object', additionalProperties: { type: 'string', pattern: '^[a-z][a-z0-9-]*$' } },
    fromText: (text) => Object.fromEntries(text.split(',').map(splitRow)),
    judge: judgeRewrites,
  },
  {
    path: 'index.name',
    variable: 'DEVSTEAD_INDEX_NAME',
    summary: 'the Python package index that packages come from, `USER/INDEX`',
    fallback: 'root/stable',
    fallbackText: 'root/stable',
    // Another index of the same server may hold what somebody else put there.
    isForRepositories: false,
    schema: { type: 'string', pattern: indexNamePattern.source },
    fromText: (text) => text,
    judge: (value) =>
      typeof value === 'string' && indexNamePattern.test(value)
        ? { value }
        : bad('index.name must be a user and an index, such as root/stable'),
  },
  {
    path: 'index.url',
    variable: 'DEVSTEAD_INDEX_URL',
    summary: 'address of the Python package index server that is used instead of one on this machine',
    fallbackText: 'the index of this machine, started when it is needed',
    isForRepositories: false,
    schema: { type: 'string', pattern: indexUrlPattern.source },
    fromText: (text) => text,
    judge: (value) =>
      typeof value === 'string' && indexUrlPattern.test(value) && URL.canParse(value)
        ? { value: value.replace(/\/+$/, '') }
        : bad('index.url must be an http or https address without a user, a password or a query'),
  },
  {
    path: 'index.upstream',
    variable: 'DEVSTEAD_INDEX_UPSTREAM',
    summary: 'address of the simple pages that the index of this machine mirrors as root/pypi',
    fallbackText: 'what pip uses',
    // A repository must not say where packages come from.
    isForRepositories: false,
    schema: { type: 'string', pattern: indexUrlPattern.source },
    fromText: (text) => text,
    judge: (value) =>
      typeof value === 'string' && indexUrlPattern.test(value) && URL.canParse(value)
        ? { value }
        : bad('index.upstream must be an http or https address without a user, a password or a query'),
  },
  {
    path: 'index.username',
    variable: 'DEVSTEAD_INDEX_USERNAME',
    summary: 'the user of the Python package index that clients log in as',
    fallback: 'root',
    fallbackText: 'root',
    isForRepositories: false,
    schema: { type: 'string', pattern: indexUserPattern.source },
    fromText: (text) => text,
    judge: (value) =>
      typeof value === 'string' && indexUserPattern.test(value) ? { value } : bad('index.username must be a name'),
  },
  {
    path: 'index.workspaces',
    variable: 'DEVSTEAD_INDEX_WORKSPACES',
    summary: 'whether workspaces get Python packages through the index; else by pip’s own settings of this machine',
    fallback: true,
    fallbackText: 'true',
    // Past the index there is no guard.
    isForRepositories: false,
    schema: { type: 'boolean' },
    fromText: readBoolean,
    judge: (value) => (typeof value === 'boolean' ? { value } : bad('index.workspaces must be true or false')),
  },
  {
    path: 'ports.first',
    variable: 'DEVSTEAD_PORTS_FIRST',
    summary: 'first port of this machine that is given to an endpoint',
    fallback: 20_001,
    fallbackText: '20001',
    isForRepositories: true,
    schema: { type: 'integer', minimum: 1024, maximum: 65_000 },
    fromText: (text) => (/^\d+$/.test(text) ? Number(text) : text),
    judge: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= 1024 && value <= 65_000
        ? { value }
        : bad('ports.first must be a whole number from 1024 to 65000'),
  },
  {
    path: 'projects.submodules',
    variable: 'DEVSTEAD_PROJECTS_SUBMODULES',
    summary: 'whether the submodules of projects are fetched too',
    fallback: false,
    fallbackText: 'false',
    // It would let a repository have more fetched than was agreed to.
    isForRepositories: false,
    schema: { type: 'boolean' },
    fromText: readBoolean,
    judge: (value) => (typeof value === 'boolean' ? { value } : bad('projects.submodules must be true or false')),
  },
  {
    path: 'up.runtime',
    variable: 'DEVSTEAD_RUNTIME',
    summary: 'what new workspaces run on: `sandbox`, without an engine, or `container`, on Docker or Podman',
    fallback: 'sandbox',
    fallbackText: 'sandbox',
    // An engine is the machine's root to whoever may ask it.
    isForRepositories: false,
    schema: { type: 'string', pattern: '^(sandbox|container)$' },
    fromText: (text) => text,
    judge: (value) =>
      value === 'sandbox' || value === 'container' ? { value } : bad('up.runtime must be sandbox or container'),
  },
  {
    path: 'up.timeout',
    variable: 'DEVSTEAD_UP_TIMEOUT',
    summary: 'time that a service has to become ready: seconds, or a duration such as `90s` or `2m`',
    fallback: 60,
    fallbackText: '60 (seconds)',
    isForRepositories: true,
    schema: {
      anyOf: [
        { type: 'number', exclusiveMinimum: 0 },
        { type: 'string', pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)?$' },
      ],
    },
    fromText: (text) => text,
    judge: judgeTimeout,
  },
  {
    path: 'up.commands',
    variable: 'DEVSTEAD_UP_COMMANDS',
    summary: 'whether `devstead up` runs the commands of preStart and postStart',
    fallback: true,
    fallbackText: 'true',
    isForRepositories: true,
    schema: { type: 'boolean' },
    fromText: readBoolean,
    judge: (value) => (typeof value === 'boolean' ? { value } : bad('up.commands must be true or false')),
  },
];

function readBoolean(text: string): boolean | string {
  return (
    ({ true: true, 1: true, false: false, 0: false } as Readonly<Record<string, boolean>>)[text.toLowerCase()] ?? text
  );
}

function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

function isListOf(value: unknown, isGood: (entry: string) => boolean): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string' && isGood(entry));
}

function isRegistryAddress(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { username, password, search, hash } = new URL(text);
  return [username, password, search, hash].every((part) => part === '');
}

function bad(message: string): Judged {
  return { code: 'config.bad-value', message };
}

function splitRow(row: string): [string, string] {
  const at = row.lastIndexOf('=');
  return at < 0 ? [row.trim(), ''] : [row.slice(0, at).trim(), row.slice(at + 1).trim()];
}

function judgeMirrors(value: unknown): Judged {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return bad(
      'images.mirrors must be rows of a registry and its mirror, such as `registry.example.com: mirror.example.com/hub`',
    );
  }
  for (const [registry, mirror] of Object.entries(value)) {
    if (!registryPattern.test(registry)) return bad(`images.mirrors: ${JSON.stringify(registry)} is no registry`);
    if (typeof mirror !== 'string' || !mirrorPattern.test(mirror))
      return bad(`images.mirrors: ${registry} must have a place such as mirror.example.com/hub`);
  }
  return { value: value as Readonly<Record<string, string>> };
}

function judgeRewrites(value: unknown): Judged {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return bad('images.rewrite must be rows of an image and a recipe, such as `docker.io/library/python: python`');
  }
  for (const [image, recipe] of Object.entries(value)) {
    if (!/^[^\s@=]+$/.test(image)) return bad(`images.rewrite: ${JSON.stringify(image)} is no name of an image`);
    if (typeof recipe !== 'string' || !/^[a-z][a-z0-9-]*$/.test(recipe))
      return bad(`images.rewrite: ${image} must have the name of a recipe`);
    if (!existsSync(join(recipesFolder, recipe, 'recipe.yaml'))) {
      return { code: 'config.unknown-recipe', message: `images.rewrite: there is no recipe ${recipe}` };
    }
  }
  return { value: value as Readonly<Record<string, string>> };
}

/** Seconds. */
function judgeTimeout(value: unknown): Judged {
  const wrong = bad('up.timeout must be a number of seconds or a duration such as 90s');
  if (typeof value !== 'number' && typeof value !== 'string') return wrong;
  try {
    const seconds = parseDuration(String(value)) / 1000;
    return seconds > 0 ? { value: seconds } : wrong;
  } catch {
    return wrong;
  }
}
