import { readDevfile } from '@devstead/devfile';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Folder, propose, writeProposal } from './index.ts';

const goldens = new URL('../../goldens/propose/', import.meta.url);

function folderOf(texts: Readonly<Record<string, string>>, name = 'shop'): Folder {
  return { name, files: Object.keys(texts), read: (path) => (Object.hasOwn(texts, path) ? texts[path] : undefined) };
}

const composer = '{"require": {"php": ">=8.2", "laravel/framework": "^11"}, "require-dev": {"phpunit/phpunit": "^11"}}';
const quarkus =
  '<project><properties><maven.compiler.release>17</maven.compiler.release></properties><groupId>io.quarkus</groupId></project>';

const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  flask: {
    'requirements.txt': 'flask==3.0\npsycopg2-binary\npytest\n',
    'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
    'runtime.txt': 'python-3.11.4\n',
    'compose.yaml': 'services:\n  cache:\n    image: redis:7-alpine\n',
    Procfile: 'web: gunicorn app:app\n',
  },
  django: { 'pyproject.toml': '[project]\ndependencies = ["django"]\n', 'manage.py': 'import django\n', 'uv.lock': '' },
  fastapi: { 'requirements.txt': 'fastapi\n', 'app/main.py': 'from fastapi import FastAPI\napi = FastAPI()\n' },
  'python-plain': { 'main.py': 'print(1)\n' },
  'node-next': {
    'package.json':
      '{"dependencies": {"next": "15", "pg": "8"}, "scripts": {"dev": "next dev", "build": "next build"}}',
    'pnpm-lock.yaml': '',
    '.nvmrc': 'v20.1.0\n',
  },
  'node-plain': { 'package.json': '{"main": "server.js"}', 'server.js': 'http.createServer(f).listen(8123);\n' },
  go: { 'go.mod': 'module a\n\ngo 1.23\n', 'main.go': 'http.ListenAndServe(":9000", nil)\n' },
  quarkus: { 'pom.xml': quarkus, mvnw: '' },
  spring: { 'build.gradle.kts': 'plugins { id("org.springframework.boot") }\njava { JavaLanguageVersion.of(21) }\n' },
  rust: { 'Cargo.toml': '[package]\nrust-version = "1.80"\n[dependencies]\naxum = "0.7"\n' },
  laravel: { 'composer.json': composer, artisan: '', 'public/index.php': '<?php' },
  dotnet: { 'Web.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"><TargetFramework>net9.0</TargetFramework></Project>' },
};

/** Codes of what the strict rules say of a text, whatever they weigh. */
async function judge(text: string): Promise<readonly string[]> {
  const { devfile, diagnostics } = await readDevfile(text, { file: 'devfile.yaml', profile: 'strict' });
  return devfile === undefined ? ['unreadable'] : diagnostics.map(({ code }) => code);
}

describe('what is proposed for a folder', () => {
  it.each(Object.keys(folders))('of %s is as stored, and nothing is wrong with it', async (name) => {
    const proposal = propose(folderOf(folders[name] ?? {}));
    if (proposal === undefined) throw new Error('nothing was recognised');
    const reasons = proposal.reasons.map(
      ({ what, file, line }) => `# ${what}: ${file}${line === undefined ? '' : `:${line}`}\n`,
    );
    const text = writeProposal(proposal);
    await expect(`${text}${reasons.join('')}`).toMatchFileSnapshot(new URL(`${name}.yaml`, goldens).pathname);
    expect(await judge(text)).toEqual([]);
  });

  it('holds as well when services that were comments are taken in', async () => {
    const proposal = propose(folderOf(folders['flask'] ?? {}));
    const text = proposal === undefined ? '' : writeProposal(proposal);
    expect(text).toContain('#   - name: postgresql\n');
    expect(await judge(text.replace(/^# ( {2}.*)$/gm, '$1'))).toEqual([]);
  });

  it('is nothing where no language is recognised', () => {
    expect(propose(folderOf({ 'README.md': 'hello\n' }))).toBeUndefined();
  });

  it('is of the language that says most; the others are told of', () => {
    const proposal = propose(folderOf({ ...folders['django'], 'package.json': '{"devDependencies": {"vite": "5"}}' }));
    expect([proposal?.main.framework, proposal?.others.map(({ framework }) => framework)]).toEqual([
      'Django',
      ['Vite'],
    ]);
  });

  it('is a devfile that the strict rules accept, whatever the files say', async () => {
    const names = [
      ...new Set(Object.values(folders).flatMap((texts) => Object.keys(texts))),
      'Dockerfile',
      '.devcontainer.json',
      'x\ny.csproj',
      '-rf.py',
      '$(id).py',
    ];
    const fragments = Object.values(folders).flatMap((texts) => Object.values(texts));
    const text = fc.oneof(
      fc.constantFrom(...fragments),
      fc.string(),
      fc.constant('web: evil\u2028\ntext: # $(id)\nEXPOSE 99999\n'),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom(...names), text, { maxKeys: 6 }),
        fc.string(),
        async (texts, name) => {
          const proposal = propose(folderOf(texts, name));
          expect(proposal === undefined ? [] : await judge(writeProposal(proposal))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
