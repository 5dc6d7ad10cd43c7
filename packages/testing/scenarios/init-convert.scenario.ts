import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

const call = promisify(execFile);
const timeoutMs = 60_000;

const python = `from http.server import BaseHTTPRequestHandler, HTTPServer


class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from python")


HTTPServer(("0.0.0.0", 8000), Hello).serve_forever()
`;
const node = "require('http').createServer((_, answer) => answer.end('hello from node')).listen(8123, '0.0.0.0');\n";

describe('a project without a devfile', () => {
  const home = useHome();

  it.each([
    { name: 'python', files: { 'main.py': python, '.python-version': '3.11\n' } },
    { name: 'node', files: { 'package.json': '{"name": "hello", "main": "server.js"}\n', 'server.js': node } },
  ])('must start by what init proposes for $name', async ({ name, files }) => {
    const cwd = join(home().projects, name);
    mkdirSync(cwd, { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(cwd, path), text);
    await home().runWell(['init'], { cwd });
    const up = await home().runWell(['up', '--output', 'json'], { cwd });
    const { addresses } = JSON.parse(up.stdout) as { addresses: { url: string }[] };
    const url = addresses[0]?.url ?? '';
    const running = home().start(['run', 'run'], { cwd });
    await waitUntil(`${name} answers`, async () => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
      return (await answer?.text()) === `hello from ${name}`;
    });
    running.child.kill('SIGINT');
    await running.finished;
    expect((await home().runWell(['down', '--volumes'], { cwd })).code).toBe(0);
  });
});

describe('what convert writes', () => {
  const home = useHome();
  const seed = (): string => home().copyExample('python-flask-webapp');

  it('must be read by the devcontainer CLI', async () => {
    const cwd = seed();
    await home().runWell(['convert', '--to', 'devcontainer', '--write', '.', '--quiet'], { cwd });
    const written = JSON.parse(readFileSync(join(cwd, '.devcontainer/devcontainer.json'), 'utf8'));
    const program = join(
      dirname(createRequire(import.meta.url).resolve('@devcontainers/cli/package.json')),
      'devcontainer.js',
    );
    // It asks the engine for a running container; there is none.
    const words = ['read-configuration', '--workspace-folder', cwd, '--docker-path', '/bin/true'];
    const { stdout } = await call(process.execPath, [program, ...words], { timeout: timeoutMs });
    const { configuration, workspace } = JSON.parse(stdout);
    const { configFilePath: _path, ...read } = configuration;
    expect(read).toEqual(written);
    expect(workspace.workspaceFolder).toBe('/projects');
  });
});
