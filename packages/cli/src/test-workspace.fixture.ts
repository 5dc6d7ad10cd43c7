import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRuntime, openWorkspace, prepareUp, recordUp, type Workspace } from '@devstead/runtime';
import { FakeIo } from '@devstead/testing';
import { loadEnvironment } from './load-environment.ts';
import { runCommandLine } from './program.ts';
import { readSettings } from './settings.ts';

const devfile = `schemaVersion: 2.2.0
metadata:
  name: shop
components:
  - name: dev
    container:
      image: docker.io/library/python:3.12
      memoryLimit: 512Mi
      env:
        - name: FLASK_APP
          value: app
      volumeMounts:
        - name: cache
          path: /cache
      endpoints:
        - name: web
          targetPort: 5000
          exposure: public
          path: /start
        - name: metrics
          targetPort: 9100
          exposure: internal
        - name: secret
          targetPort: 9200
          exposure: none
  - name: db
    container:
      image: docker.io/library/postgres:15
  - name: cache
    volume:
      size: 1Gi
`;

interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A repository with a devfile and a state folder of its own, in a temporary folder. */
export class TestRepository {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'devstead-cli-')));
  readonly folder = join(this.root, 'shop');
  readonly env: Record<string, string> = { HOME: join(this.root, 'home'), DEVSTEAD_HOME: join(this.root, 'state') };

  constructor() {
    this.write('devfile.yaml', devfile);
  }

  /** Writes a file of the repository and returns its path. */
  write(path: string, text: string): string {
    const file = join(this.folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  io(
    env: Readonly<Record<string, string>> = {},
    options: { readonly cwd?: string; readonly hasColour?: boolean } = {},
  ): FakeIo {
    return new FakeIo({ cwd: this.folder, env: { ...this.env, ...env }, ...options });
  }

  /** Runs a command line in the repository. */
  async call(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Called> {
    const io = this.io(env);
    const code = await runCommandLine(argv, io);
    return { code, stdout: io.stdout.text, stderr: io.stderr.text };
  }

  /** Records a workspace as `up` does, without starting anything. */
  async recordWorkspace(): Promise<Workspace> {
    const io = this.io();
    const settings = readSettings(io);
    const loaded = await loadEnvironment(io, { path: '.' });
    const identity = { name: 'shop', folder: loaded.folder, devfile: loaded.devfile };
    const workspace = openWorkspace(settings.stateFolder, identity, io.clock.now());
    const runtime = openRuntime(workspace, settings);
    const options = { publishesInternal: false, runsCommands: true, readyTimeoutMs: 1000 };
    return recordUp(await prepareUp(workspace, loaded.environment, runtime, settings, options));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Writes what a container printed, as conmon keeps it (`TIME STREAM F TEXT`), and that it was made. */
export function writeLog(workspace: Workspace, container: string, lines: readonly string[]): void {
  const paths = workspace.paths.container(container);
  mkdirSync(paths.root, { recursive: true });
  writeFileSync(paths.made, JSON.stringify({ specHash: '', imageDigest: '' }));
  writeFileSync(paths.log, lines.map((line) => `${line}\n`).join(''));
}
