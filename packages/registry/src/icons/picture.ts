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
  const text = bytes.subarray(0, 4096).toString('utf8');
  const isSvg =
    /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?\s*>\s*)*<svg[\s>]/i.test(text);
  return isSvg ? { bytes, type: 'image/svg+xml' } : undefined;
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
