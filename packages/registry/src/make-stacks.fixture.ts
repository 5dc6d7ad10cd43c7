import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that goes away when the test that uses it is done with it. */
export class TemporaryFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'devstead-stacks-'));

  /** Writes files by their paths below the folder; `{ link }` makes a symbolic link. */
  write(files: Readonly<Record<string, string | Buffer | { readonly link: string }>>): this {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.path, name);
      mkdirSync(dirname(path), { recursive: true });
      if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(path, content);
      else symlinkSync(content.link, path);
    }
    return this;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A devfile with all that a registry wants; `metadata` and `rest` are lines that come after. */
export function makeDevfile(
  name: string,
  version: string,
  {
    metadata = '',
    rest = '',
    schemaVersion = '2.2.0',
  }: { readonly metadata?: string; readonly rest?: string; readonly schemaVersion?: string } = {},
): string {
  return `schemaVersion: ${schemaVersion}
metadata:
  name: ${name}
  version: ${version}
  displayName: Stack ${name}
  language: Go
  projectType: go
  provider: Somebody
  supportUrl: https://example.com/support
  architectures: [amd64]
${metadata}components:
  - name: runtime
    container: { image: 'example.com/image:1' }
${rest}`;
}

/** A stack.yaml with these versions, the first the default. */
export function makeStackYaml(name: string, versions: readonly string[]): string {
  const rows = versions.map((version, index) => `  - version: ${version}${index === 0 ? '\n    default: true' : ''}`);
  return `name: ${name}\ndisplayName: Stack ${name}\nicon: https://example.com/icon.svg\nversions:\n${rows.join('\n')}\n`;
}
