/** Absolute addresses, or why there are none. */
export type Resolution = { readonly addresses: readonly string[] } | { readonly refusal: string };

/**
 * Addresses that a `uri` may mean, seen from the devfile at `base`: by RFC 3986, and, from a devfile at a web address, also
 * below that address as other tools of the format join it. From a file, the `uri` is a path and not percent-encoded; from
 * the web it never leads to a file.
 */
export function resolveAddress(uri: string, base: string | undefined): Resolution {
  if (hasHalfCharacter(uri)) return { refusal: 'has half a character in it' };
  if (/^https?:/i.test(uri)) {
    return URL.canParse(uri) && /^https?:\/\//i.test(uri)
      ? { addresses: [new URL(uri).href] }
      : { refusal: 'is no valid address' };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return { refusal: 'is neither an http(s) address nor a relative path' };
  if (base === undefined) return { refusal: 'is relative, and it is not known where the devfile lies' };
  if (!URL.canParse(base)) return { refusal: 'is relative, and it is not known where the devfile lies' };
  if (base.startsWith('file:')) return { addresses: [new URL(encodePath(uri), base).href] };
  if (!URL.canParse(uri, base) || !/^https?:$/.test(new URL(uri, base).protocol)) {
    return { refusal: 'is neither an http(s) address nor a relative path' };
  }
  const joined = new URL(base);
  joined.pathname = `${joined.pathname}/${uri}`;
  return { addresses: [...new Set([new URL(uri, base).href, joined.href])] };
}

/** A path as part of a URL; `./` keeps a colon in its first name from being read as a scheme. */
function encodePath(path: string): string {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  // With two slashes in front it would name a host.
  return path.startsWith('/') ? encoded.replace(/^\/+/, '/') : `./${encoded}`;
}

/** The address of a devfile in a registry (devfile registry, `GET /devfiles/{stack}[/{version}]`). */
export function resolveRegistryAddress(
  registryUrl: string,
  { id, version }: { readonly id: string; readonly version?: string },
): Resolution {
  if (!/^https?:\/\//i.test(registryUrl) || !URL.canParse(registryUrl)) {
    return { refusal: 'is no valid address of a registry: it must start with https:// or http://' };
  }
  if (hasHalfCharacter(id) || hasHalfCharacter(version ?? '')) return { refusal: 'is asked for half a character' };
  if (id === '' || id === '.' || id === '..') return { refusal: 'names no devfile' };
  const steps = ['devfiles', id, ...(version === undefined ? [] : [version])].map(encodeURIComponent);
  return { addresses: [`${registryUrl.replace(/\/+$/, '')}/${steps.join('/')}`] };
}

/** The `uri` as it reads from `base`, when it was written for `origin`: a relative path between files, else the address. */
export function rebaseUri(uri: string, origin: string | undefined, base: string | undefined): string {
  if (origin === base || /^[a-z][a-z0-9+.-]*:/i.test(uri) || uri.startsWith('{{')) return uri;
  const resolution = resolveAddress(uri, origin);
  const address = 'addresses' in resolution ? resolution.addresses[0] : undefined;
  if (address === undefined) return uri;
  if (!address.startsWith('file:')) return address.replaceAll(/%7B%7B.*?%7D%7D/g, decode);
  if (base === undefined || !base.startsWith('file:')) return uri;
  const from = new URL('.', base).pathname.split('/').slice(0, -1);
  const to = new URL(address).pathname.split('/');
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++;
  const steps = [...from.slice(shared).map(() => '..'), ...to.slice(shared).map(decode)];
  return steps.join('/');
}

/** True for texts that no address can hold: YAML can write half of a surrogate pair. */
function hasHalfCharacter(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
