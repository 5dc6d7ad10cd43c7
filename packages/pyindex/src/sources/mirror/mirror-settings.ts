import type { IndexRecord, MirrorConfig } from '../../indexes/index-config.ts';
import { parseUpstreamUrl, type UpstreamAddress } from '../../upstream/upstream-url.ts';

/** What one mirror works with. */
export interface MirrorSettings {
  /** `user/index`. */
  readonly index: string;
  readonly upstream: UpstreamAddress;
  /** The host that may have private addresses: whoever chose it may reach those anyway. */
  readonly trustedHost?: string;
  /** How long a page counts as fresh. */
  readonly expiryMs: number;
  /** The same of the answer that there is no such project. */
  readonly absentExpiryMs: number;
  readonly hasProjectList: boolean;
  readonly isSerialIgnored: boolean;
  readonly usesExternalUrls: boolean;
  /** Core metadata is got for every wheel, advertised or not. */
  readonly providesMetadata: boolean;
}

const defaultExpirySeconds = 1800;
/** A project may be new: who looks for it again soon wants it then. */
const longestAbsentMs = 60_000;

/**
 * The settings of a mirror, its upstream being its own or the server's; `undefined` when it has neither. Only those who
 * run the server may have it ask private addresses: by the upstream it was started with, and by mirrors of `root`.
 */
export function readMirrorSettings(
  { path, user }: Pick<IndexRecord, 'path' | 'user'>,
  config: MirrorConfig,
  serverUpstream: string | undefined,
): MirrorSettings | undefined {
  const address = config.mirror_url ?? serverUpstream;
  const upstream = address === undefined ? undefined : parseUpstreamUrl(address);
  if (upstream === undefined) return undefined;
  const isTrusted = user === 'root' || config.mirror_url === undefined;
  const expiryMs = (config.mirror_cache_expiry ?? defaultExpirySeconds) * 1000;
  return {
    index: path,
    upstream,
    ...(isTrusted ? { trustedHost: upstream.url.host } : {}),
    expiryMs,
    absentExpiryMs: Math.min(expiryMs, longestAbsentMs),
    hasProjectList: config.mirror_no_project_list !== true,
    isSerialIgnored: config.mirror_ignore_serial_header === true,
    usesExternalUrls: config.mirror_use_external_urls === true,
    providesMetadata: config.mirror_provides_core_metadata !== false,
  };
}
