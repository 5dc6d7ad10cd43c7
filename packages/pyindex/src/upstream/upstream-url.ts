/** An address of another index, its login taken out of it. */
export interface UpstreamAddress {
  /** Without login and fragment; ends with a slash. */
  readonly url: URL;
  /** The value of `Authorization`. */
  readonly authorization?: string;
}

/** Reads the address of an index, `https://user:password@host/simple/`. Undefined for what is no http(s) address. */
export function parseUpstreamUrl(text: string): UpstreamAddress | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return undefined;
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.hash = '';
  url.search = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  if (username === '' && password === '') return { url };
  const login = `${decodePart(username)}:${decodePart(password)}`;
  return { url, authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
