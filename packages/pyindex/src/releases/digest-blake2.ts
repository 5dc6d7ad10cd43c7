import { createReadStream } from 'node:fs';

/**
 * BLAKE2b with 256 bits of the file at `path`, in hexadecimal digits: what `blake2_256_digest` of an upload form is.
 * OpenSSL, and so Node.js, has BLAKE2b of 512 bits alone. The library is loaded by the first who needs it.
 */
export async function digestBlake2(path: string): Promise<string> {
  const { createBLAKE2b } = await import('hash-wasm');
  const hash = await createBLAKE2b(256);
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex');
}
