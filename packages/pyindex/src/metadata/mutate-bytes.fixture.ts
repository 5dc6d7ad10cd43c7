import fc from 'fast-check';

/** A small change of some bytes: what bad disks, proxies and people do to them. */
type Change =
  | { readonly kind: 'set'; readonly at: number; readonly to: number }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'copy'; readonly from: number; readonly length: number; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array };

/** Bytes that are nearly the given ones; places are parts of the whole, so that they fit any length. */
export function mutateBytes(original: Uint8Array): fc.Arbitrary<Buffer> {
  const place = fc.nat({ max: Math.max(0, original.length - 1) });
  const length = fc.nat({ max: 64 });
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), at: place, to: fc.nat({ max: 255 }) }),
    fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.oneof(length, fc.constant(original.length)) }),
    fc.record({ kind: fc.constant('copy' as const), from: place, length, at: place }),
    fc.record({ kind: fc.constant('insert' as const), at: place, bytes: fc.uint8Array({ maxLength: 8 }) }),
  );
  return fc.array(change, { minLength: 1, maxLength: 6 }).map((changes) => {
    let bytes: Buffer = Buffer.from(original);
    for (const each of changes) bytes = apply(bytes, each);
    return bytes;
  });
}

function apply(bytes: Buffer, change: Change): Buffer {
  switch (change.kind) {
    case 'set':
      if (change.at < bytes.length) bytes[change.at] = change.to;
      return bytes;
    case 'cut':
      return Buffer.concat([bytes.subarray(0, change.at), bytes.subarray(change.at + change.length)]);
    case 'copy':
      return insert(bytes, change.at, bytes.subarray(change.from, change.from + change.length));
    case 'insert':
      return insert(bytes, change.at, change.bytes);
  }
}

function insert(bytes: Buffer, at: number, more: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}
