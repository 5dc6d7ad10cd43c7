import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/** One file as a browser loads it. */
export interface BrowserBundle {
  readonly code: string;
  /** Bytes after gzip. */
  readonly compressedSize: number;
}

/**
 * Makes a script of a module, everything that it may ever load in it, that sets the module's exports as the global
 * variable `bundle`. Throws when a module is left that no browser has.
 */
export async function bundleForBrowser(folder: string, source: string): Promise<BrowserBundle> {
  const input = join(folder, 'bundle-entry.mjs');
  writeFileSync(input, source);
  const build = await rolldown({ input, cwd: folder, platform: 'browser', logLevel: 'silent' });
  const { output } = await build.generate({ format: 'iife', name: 'bundle', codeSplitting: false, minify: true });
  await build.close();
  const [{ code, fileName, imports, dynamicImports }] = output;
  // What was loaded on demand is now in the file itself.
  const left = [...imports, ...dynamicImports].filter((name) => name !== fileName);
  if (output.length > 1 || left.length > 0) throw new Error(`the bundle still imports ${left.join(', ')}`);
  return { code, compressedSize: gzipSync(code, { level: 9 }).length };
}
