import { Refusal } from '../refusal.ts';
import type { IndexConfig } from './index-config.ts';
import { readAccessList, readBoolean, readList, readNames, readText } from './setting-values.ts';

/** A setting of an index as clients name it. */
export interface IndexKey {
  readonly types: readonly IndexConfig['type'][];
  /** Its stored value. Throws a `Refusal`. */
  readonly read: (value: unknown) => string | number | boolean | readonly string[];
  /** It cannot be dropped: there is always a value. */
  readonly isRequired?: true;
}

const stage = ['stage'] as const;
const mirror = ['mirror'] as const;
const both = ['stage', 'mirror'] as const;

/** Every setting but the guard's, whose names begin with `guard_`. */
export const indexKeys: Readonly<Record<string, IndexKey>> = {
  volatile: { types: both, read: readBoolean, isRequired: true },
  title: { types: both, read: readText },
  description: { types: both, read: readText },
  custom_data: { types: both, read: readText },
  acl_read: { types: both, read: readAccessList },
  bases: { types: stage, read: readList, isRequired: true },
  acl_upload: { types: stage, read: readAccessList, isRequired: true },
  acl_toxresult_upload: { types: stage, read: readAccessList, isRequired: true },
  mirror_whitelist: { types: stage, read: readNames, isRequired: true },
  mirror_whitelist_inheritance: { types: stage, read: readInheritance, isRequired: true },
  mirror_url: { types: mirror, read: readUrl },
  mirror_web_url_fmt: { types: mirror, read: readText },
  mirror_cache_expiry: { types: mirror, read: readSeconds },
  mirror_no_project_list: { types: mirror, read: readBoolean },
  mirror_use_external_urls: { types: mirror, read: readBoolean },
  mirror_ignore_serial_header: { types: mirror, read: readBoolean },
  mirror_provides_core_metadata: { types: mirror, read: readBoolean },
};

function readInheritance(value: unknown): string {
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text === 'intersection' || text === 'union') return text;
  throw new Refusal(
    'invalid',
    `Unknown value '${readText(value).slice(0, 100)}' for mirror_whitelist_inheritance, must be 'intersection' or 'union'.`,
  );
}

function readUrl(value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new Refusal('invalid', "'mirror_url' option must be a URL.");
  }
  return String(value);
}

function readSeconds(value: unknown): number {
  const seconds = typeof value === 'number' ? value : Number(typeof value === 'string' ? value : Number.NaN);
  if (!Number.isInteger(seconds) || seconds < 0 || value === '') {
    throw new Refusal('invalid', "'mirror_cache_expiry' option must be an integer");
  }
  return seconds;
}
