import { isVersion } from '../versions.ts';
import { listFilters, textFilters } from './filter-fields.ts';

/** What of the index is asked for. */
export interface IndexQuery {
  readonly texts: readonly { readonly key: string; readonly value: string }[];
  readonly lists: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly deprecated?: boolean;
  /** Icons are put in as `data:` addresses. */
  readonly withIcons: boolean;
  readonly ranges: VersionRanges;
}

/** Bounds, which count; absent ones do not. Dates are days: `2024-05-13`. */
export interface VersionRanges {
  readonly minVersion?: string;
  readonly maxVersion?: string;
  readonly minSchemaVersion?: string;
  readonly maxSchemaVersion?: string;
  readonly minLastModified?: string;
  readonly maxLastModified?: string;
}

/** Parameters by name; one that is given several times is a list. */
export type QueryParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A parameter that cannot be meant: what is wrong with it. */
export interface BadQuery {
  readonly status: string;
}

const ofVersionsAlone = ['default', 'commandGroups', 'deploymentScopes'];

/**
 * Reads the query of `/index` and `/v2index`. Parameters that no index has are passed over, as are those about versions
 * where the old form is asked for.
 */
export function readIndexQuery(parameters: QueryParameters, isOldForm: boolean): IndexQuery | BadQuery {
  const takes = (key: string): boolean => !(isOldForm && ofVersionsAlone.includes(key));
  const texts = Object.keys(textFilters).flatMap((key) => {
    const value = firstOf(parameters[key]);
    return value === undefined || !takes(key) ? [] : [{ key, value }];
  });
  const lists = Object.keys(listFilters).flatMap((key) => {
    const values = allOf(parameters[key]);
    return values.length === 0 || !takes(key) ? [] : [{ key, values }];
  });
  for (const key of ['default', 'deprecated']) {
    const value = firstOf(parameters[key]);
    if (value !== undefined && !/^(?:true|false)$/.test(value))
      return { status: `${key} is to be true or false, not ${JSON.stringify(value)}` };
  }
  const icon = firstOf(parameters['icon']);
  if (icon !== undefined && icon !== '' && icon !== 'base64')
    return { status: `the icon type ${icon} is not supported` };
  const ranges = isOldForm ? {} : readRanges(parameters);
  if ('status' in ranges) return ranges;
  const deprecated = firstOf(parameters['deprecated']);
  return {
    texts,
    lists,
    ranges,
    withIcons: icon === 'base64',
    ...(deprecated === undefined ? {} : { deprecated: deprecated === 'true' }),
  };
}

/** True when the whole index is asked for. */
export function isWhole({ texts, lists, ranges, deprecated, withIcons }: IndexQuery): boolean {
  return texts.length + lists.length + Object.keys(ranges).length === 0 && deprecated === undefined && !withIcons;
}

/** The bounds of a query, each held to its form. */
export function readRanges(parameters: QueryParameters): VersionRanges | BadQuery {
  const ranges: Record<string, string> = {};
  for (const { keys, form, says } of rangeForms) {
    for (const key of keys) {
      const value = firstOf(parameters[key]);
      if (value === undefined || value === '') continue;
      if (!form(value)) return { status: `${key} ${value} is not valid, ${says}` };
      ranges[key] = value;
    }
  }
  return ranges;
}

const rangeForms = [
  {
    keys: ['minSchemaVersion', 'maxSchemaVersion'],
    form: (text: string) => /^[2-9]\.\d+(?:\.\d+)?$/.test(text) && isVersion(text),
    says: "version format should be '+2.x' or '+2.x.x'.",
  },
  {
    keys: ['minVersion', 'maxVersion'],
    form: (text: string) => /^\d+\.\d+(?:\.\d+)?$/.test(text) && isVersion(text),
    says: "version format should be 'x.x' or 'x.x.x'.",
  },
  {
    keys: ['minLastModified', 'maxLastModified'],
    form: isDay,
    says: "format should be 'YYYY-MM-DD' and be a valid date.",
  },
] as const;

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function firstOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function allOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
