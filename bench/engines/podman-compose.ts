import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PrivateEngine } from '../../packages/testing/src/engines/private-engine.ts';
import { explainNoPython, findPythonProgram } from '../../packages/testing/src/python/python-programs.ts';
import type { BenchStack } from '../stack.ts';

/** podman-compose, which has an engine's own podman do its work. */
export class PodmanCompose {
  private readonly program: string;
  private readonly engine: PrivateEngine;

  private constructor(program: string, engine: PrivateEngine) {
    this.program = program;
    this.engine = engine;
  }

  /** Undefined where it could not be installed. */
  static find(engine: PrivateEngine): PodmanCompose | undefined {
    if (explainNoPython('composers') !== undefined) return undefined;
    return new PodmanCompose(findPythonProgram('composers', 'podman-compose'), engine);
  }

  version(): string {
    return execFileSync(this.program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .trim()
      .replace('\n', ', ');
  }

  call(words: readonly string[], { project, folder, env }: BenchStack): void {
    const podman = join(folder, 'podman');
    writeFileSync(podman, `#!/bin/sh\nexec ${this.engine.podman().join(' ')} "$@"\n`);
    chmodSync(podman, 0o755);
    execFileSync(this.program, ['--podman-path', podman, ...words], { cwd: project, env, stdio: 'pipe' });
  }

  /** Takes an image from an archive of `devstead image export`, under other names. */
  load(archive: string, names: readonly string[]): void {
    const [program = '', ...words] = this.engine.podman();
    const podman = (...more: readonly string[]): string =>
      execFileSync(program, [...words, ...more], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const said = podman('load', '--quiet', '--input', archive);
    const [, found] = /Loaded image(?:\(s\))?: (\S+)/.exec(said) ?? [];
    if (found === undefined) throw new Error(`podman load said: ${said}`);
    for (const name of names) podman('tag', found, name.includes('/') ? name : `docker.io/library/${name}`);
  }
}
