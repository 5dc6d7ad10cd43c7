import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Finished, RunningDevstead } from '../run-devstead.ts';
import type { Distribution } from './make-distribution.ts';
import { findPythonProgram } from './python-programs.ts';

export interface ClientCall {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** The home of somebody with pip, uv, twine and the devpi client, and none of this machine's settings for them. */
export class PythonHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'devstead-python-'));
  readonly home = join(this.folder, 'home');
  private count = 0;

  constructor() {
    mkdirSync(this.home);
  }

  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    const programs = dirname(findPythonProgram('clients', 'python'));
    return {
      HOME: this.home,
      LANG: 'C.UTF-8',
      NO_COLOR: '1',
      NO_PROXY: '127.0.0.1,localhost',
      PATH: `${programs}:/usr/local/bin:/usr/bin:/bin`,
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      PYTHONWARNINGS: 'ignore',
      UV_NO_CONFIG: '1',
      UV_PYTHON_DOWNLOADS: 'never',
      ...more,
    };
  }

  /** Runs a program of the clients' environment to its end. */
  run(program: string, args: readonly string[], call: ClientCall = {}): Promise<Finished> {
    const { cwd = this.folder, env = {}, ...rest } = call;
    return new RunningDevstead({
      ...rest,
      program: program.startsWith('/') ? program : findPythonProgram('clients', program),
      args,
      cwd,
      env: this.environment(env),
    }).finished;
  }

  /** Runs a program and throws with all it said when it does not end with 0. */
  async runWell(program: string, args: readonly string[], call: ClientCall = {}): Promise<Finished> {
    const result = await this.run(program, args, call);
    if (result.code === 0) return result;
    throw new Error(`${program} ${args.join(' ')} ended with ${result.code}\n${result.stdout}\n${result.stderr}`);
  }

  /** Runs a command of the devpi client, or throws. */
  async devpi(...args: readonly string[]): Promise<string> {
    return (await this.runWell('devpi', args)).stdout;
  }

  /** A folder that nobody has used. */
  makeFolder(): string {
    this.count += 1;
    const folder = join(this.folder, `folder-${this.count}`);
    mkdirSync(folder);
    return folder;
  }

  /** Writes a distribution into a folder and returns its path. */
  writeFile(file: Distribution, folder: string = this.makeFolder()): string {
    const path = join(folder, file.filename);
    writeFileSync(path, file.content);
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
