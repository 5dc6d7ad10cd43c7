import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleForBrowser } from '../src/browser-bundle.ts';
import { installPackedDevfile } from '../src/install-packed.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(join(repository, 'packages/devfile/README.md'), 'utf8');
/** Each example and what the README says that it prints. */
const examples = [...readme.matchAll(/^## (.*)$|```js\n([^]*?)```\n\n```text\n([^]*?)```/gm)].reduce<
  { title: string; code: string; output: string }[]
>((found, [, title, code, output = '']) => {
  if (title !== undefined) found.push({ title, code: '', output: '' });
  const last = found.at(-1);
  if (code !== undefined && last !== undefined) Object.assign(last, { code, output });
  return found;
}, []);
const programs = examples.filter(({ code }) => code !== '');

/** Compressed, with everything that may be loaded in it. */
const mostBytes = 150_000;

const consumer = `
import { type Devfile, type Diagnostic, type DiagnosticCode, readDevfile } from '@devstead/devfile';
import { complete, type CompletionItem, openDocument } from '@devstead/devfile/language';

const { devfile, diagnostics } = await readDevfile('', { file: 'f', profile: 'strict' });
const image: string | undefined = devfile?.components?.[0]?.container?.image;
const first: Diagnostic | undefined = diagnostics[0];
const code: DiagnosticCode = 'devfile.unknown-component';
const items: CompletionItem[] = complete(openDocument(''), { line: 0, character: 0 });
// @ts-expect-error -- there is no such option
await readDevfile('', { file: 'f', nothing: 1 });
// @ts-expect-error -- a devfile is not changed
if (devfile) devfile.schemaVersion = '';
export { code, first, image, items, type Devfile };
`;

describe('the published library for devfiles, installed with npm in an empty folder', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-published-'));
    installPackedDevfile(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('must bring nothing along but the YAML parser', () => {
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed.sort()).toEqual(['@devstead', 'yaml']);
    const { dependencies } = JSON.parse(
      readFileSync(join(folder, 'node_modules/@devstead/devfile/package.json'), 'utf8'),
    );
    expect(Object.keys(dependencies)).toEqual(['yaml']);
  });

  it('must have examples in its README', () => {
    expect(programs.length).toBeGreaterThanOrEqual(3);
  });

  it.each(programs)('must print what its README says about "$title"', ({ code, output }) => {
    const program = join(folder, 'example.mjs');
    writeFileSync(program, code);
    expect(execFileSync(process.execPath, [program], { cwd: folder, encoding: 'utf8' })).toBe(output);
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('must have types that need no others, for module %s', (module, moduleResolution) => {
    writeFileSync(join(folder, 'consumer.ts'), consumer);
    const options = {
      target: 'es2023',
      module,
      moduleResolution,
      lib: ['es2023'],
      types: [],
      strict: true,
      noEmit: true,
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, exactOptionalPropertyTypes: true }, files: ['consumer.ts'] }),
    );
    const tsc = join(repository, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it('must be small in a browser, and run with nothing that only Node.js has', async () => {
    const { code, compressedSize } = await bundleForBrowser(folder, "export { readDevfile } from '@devstead/devfile';");
    process.stdout.write(`@devstead/devfile in a browser, read and validate: ${compressedSize} bytes compressed\n`);
    expect(compressedSize).toBeLessThan(mostBytes);
    const page = createContext({ TextEncoder, URL });
    runInContext(code, page);
    // An anchor needs the full parser.
    page['text'] = 'schemaVersion: 2.3.0\ncomponents: [{name: a, container: &x {image: i}}, {name: b, container: *x}]';
    const call = "bundle.readDevfile(text, { file: 'f' }).then(({ devfile }) => devfile.components[1].container.image)";
    expect(await runInContext(call, page)).toBe('i');
  });

  it('must keep the language service out of what only reads', async () => {
    const service = await bundleForBrowser(folder, "export * from '@devstead/devfile/language';");
    process.stdout.write(`@devstead/devfile/language in a browser: ${service.compressedSize} bytes compressed\n`);
    const reading = await bundleForBrowser(folder, "export * from '@devstead/devfile';");
    expect(service.code).toContain('isSnippet');
    expect(reading.code).not.toContain('isSnippet');
  });
});
