import { registryLimits } from '../limits.ts';

/** A picture that was looked at: one of these types, whatever its server says. */
export interface Icon {
  readonly bytes: Buffer;
  readonly type: 'image/svg+xml' | 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
}

/** What a picture is by its first bytes. */
export function recogniseIcon(bytes: Buffer): Icon | undefined {
  if (bytes.length === 0 || bytes.length > registryLimits.iconBytes) return undefined;
  const start = bytes.subarray(0, 16).toString('latin1');
  if (start.startsWith('\x89PNG\r\n')) return { bytes, type: 'image/png' };
  if (start.startsWith('\xff\xd8\xff')) return { bytes, type: 'image/jpeg' };
  if (/^GIF8[79]a/.test(start)) return { bytes, type: 'image/gif' };
  if (/^RIFF....WEBP/s.test(start)) return { bytes, type: 'image/webp' };
  return isSvg(bytes.subarray(0, prologueBytes).toString('utf8')) ? { bytes, type: 'image/svg+xml' } : undefined;
}

/** What may stand before the first element of an SVG. */
const prologueBytes = 4096;

/** Looks past declaration, comments and document type, each to its first end, so that no text takes long. */
function isSvg(text: string): boolean {
  let rest = text.replace(/^\uFEFF/, '').trimStart();
  for (;;) {
    const end = findEnd(rest);
    if (end === undefined) return /^<svg[\s>/]/i.test(rest);
    const at = rest.indexOf(end);
    if (at === -1) return false;
    rest = rest.slice(at + end.length).trimStart();
  }
}

/** By what a piece of the prologue ends; undefined where it is over. */
function findEnd(rest: string): string | undefined {
  if (rest.startsWith('<!--')) return '-->';
  if (/^<\?xml\s/i.test(rest)) return '?>';
  if (!/^<!DOCTYPE\s/i.test(rest)) return undefined;
  // Declarations of its own stand in brackets.
  return /^[^>]*\[/.test(rest) ? ']>' : '>';
}

export function toDataAddress({ bytes, type }: Icon): string {
  return `data:${type};base64,${bytes.toString('base64')}`;
}

/** The picture in a `data:` address. */
export function readDataAddress(address: string): Icon | undefined {
  const [, encoding = '', data = ''] = /^data:[^,;]*(?:;[^,;]*)*?(;base64)?,(.*)$/s.exec(address) ?? [];
  try {
    return recogniseIcon(
      Buffer.from(encoding === '' ? decodeURIComponent(data) : data, encoding === '' ? 'utf8' : 'base64'),
    );
  } catch {
    return undefined;
  }
}
