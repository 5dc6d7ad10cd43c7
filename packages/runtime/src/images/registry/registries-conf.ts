import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { ImageReference } from '../reference.ts';
import type { RegistrySettings } from './registry-settings.ts';

/** A place to ask for an image. */
export interface Endpoint {
  /** `HOST[:PORT]`. */
  readonly host: string;
  readonly repository: string;
  /** Plain HTTP, or certificates nobody vouches for, are accepted. */
  readonly isInsecure: boolean;
}

interface MirrorRow {
  readonly location: string;
  readonly isInsecure: boolean;
  readonly pulls: 'all' | 'digest-only' | 'tag-only';
}

/** A `[[registry]]` of containers-registries.conf(5). */
interface RegistryRow {
  readonly prefix: string;
  readonly location: string;
  readonly isInsecure: boolean;
  readonly isBlocked: boolean;
  readonly mirrors: readonly MirrorRow[];
}

/**
 * The places to ask for an image, in order: mirrors of our own configuration, those of registries.conf, the registry
 * itself. Throws CONFIG_INVALID for a registries.conf that cannot be read and IMAGE_PULL_FAILED for a registry it blocks.
 */
export async function listEndpoints(reference: ImageReference, settings: RegistrySettings): Promise<Endpoint[]> {
  const own = matchPrefix(
    reference,
    Object.entries(settings.mirrors).map(([prefix, location]) => ({ prefix, location })),
  );
  const row = matchPrefix(reference, await readRegistryRows(settings));
  const mirrors = (row?.mirrors ?? []).filter(
    ({ pulls }) => pulls === 'all' || (pulls === 'digest-only') === (reference.digest !== undefined),
  );
  const places = [
    ...(own === undefined ? [] : [relocate(reference, own.prefix, own.location, own.location.startsWith('http://'))]),
    ...mirrors.map((mirror) => relocate(reference, row?.prefix ?? '', mirror.location, mirror.isInsecure)),
  ];
  if (row?.isBlocked === true) {
    if (places.length > 0) return places;
    throw new AppError('IMAGE_PULL_FAILED', `registries.conf blocks the registry ${row.prefix}`, {
      hint: 'Use another image, or take `blocked = true` out of that file.',
    });
  }
  const itself = relocate(reference, row?.prefix ?? '', row?.location ?? '', row?.isInsecure === true);
  return [...places, itself];
}

/** The longest prefix that a reference lies under, at the border of a path's part; `*.example.com` stands for any host below. */
function matchPrefix<Row extends { readonly prefix: string }>(
  { registry, repository }: ImageReference,
  rows: readonly Row[],
): Row | undefined {
  const name = `${registry}/${repository}`;
  const matches = rows.filter(({ prefix }) =>
    prefix.startsWith('*.') ? registry.endsWith(prefix.slice(1)) : name === prefix || name.startsWith(`${prefix}/`),
  );
  return matches.sort((a, b) => b.prefix.length - a.prefix.length)[0];
}

function relocate(reference: ImageReference, prefix: string, location: string, isInsecure: boolean): Endpoint {
  const { registry, repository } = reference;
  const name = `${registry}/${repository}`;
  const place = location.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const moved = place === '' || prefix.startsWith('*.') ? name : `${place}${name.slice(prefix.length)}`;
  const slash = moved.indexOf('/');
  return { host: moved.slice(0, slash), repository: moved.slice(slash + 1), isInsecure };
}

async function readRegistryRows(settings: RegistrySettings): Promise<RegistryRow[]> {
  const main = settings.registriesFiles.find((file) => existsSync(file));
  const more = settings.registriesFolders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.conf'))
        .sort()
        .map((name) => join(folder, name)),
    );
  const files = [...(main === undefined ? [] : [main]), ...more];
  const rows = new Map<string, RegistryRow>();
  for (const file of files) {
    for (const row of await readRegistriesFile(file)) rows.set(row.prefix, row);
  }
  return [...rows.values()];
}

async function readRegistriesFile(file: string): Promise<RegistryRow[]> {
  // Only a machine that has such a file pays for its parser.
  const { parse } = await import('smol-toml');
  let document: Record<string, unknown>;
  try {
    document = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new AppError('CONFIG_INVALID', `${file} cannot be read`, {
      cause: error,
      details: [error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)],
    });
  }
  return tables(document['registry']).flatMap((table) => {
    const location = text(table['location']);
    const prefix = text(table['prefix']) ?? location;
    if (prefix === undefined) return [];
    return {
      prefix,
      location: location ?? '',
      isInsecure: table['insecure'] === true,
      isBlocked: table['blocked'] === true,
      mirrors: tables(table['mirror']).flatMap((mirror) => {
        const place = text(mirror['location']);
        const isDigestOnly = table['mirror-by-digest-only'] === true;
        const pulls = isDigestOnly ? 'digest-only' : (text(mirror['pull-from-mirror']) ?? 'all');
        if (place === undefined || (pulls !== 'all' && pulls !== 'digest-only' && pulls !== 'tag-only')) return [];
        return { location: place, isInsecure: mirror['insecure'] === true, pulls } as const;
      }),
    };
  });
}

function tables(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value)
    ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
    : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
