import { filesHere, findIn, findVersion } from '../look.ts';
import type { Folder, Reason, Recognised } from '../types.ts';

const rustServers = [
  ['Actix', /^actix-web\b/m, 8080],
  ['Axum', /^axum\b/m, 3000],
  ['Rocket', /^rocket\b/m, 8000],
] as const;

/** Rust by its Cargo.toml. */
export function recogniseRust(folder: Folder): Recognised | undefined {
  const manifest = folder.read('Cargo.toml');
  if (manifest === undefined || !filesHere(folder).includes('Cargo.toml')) return undefined;
  const reasons: Reason[] = [{ what: 'Rust', file: 'Cargo.toml' }];
  const server = rustServers.find(([, pattern]) => pattern.test(manifest));
  if (server !== undefined)
    reasons.push({ what: server[0], file: 'Cargo.toml', line: findIn(manifest, server[1])?.line ?? 1 });
  const version = findVersion(
    folder,
    [
      ['rust-toolchain', /^(\d+\.\d+)/m],
      ['rust-toolchain.toml', /^channel\s*=\s*"(\d+\.\d+)/m],
      ['Cargo.toml', /^rust-version\s*=\s*"(\d+\.\d+)/m],
    ],
    2,
  );
  if (version !== undefined) reasons.push(version.reason);
  const chosen = version?.version ?? '1';
  return {
    language: 'Rust',
    ...(server === undefined ? {} : { framework: server[0], port: server[2] }),
    weight: server === undefined ? 3 : 4,
    version: chosen,
    image: `docker.io/library/rust:${chosen}`,
    otherImages: [],
    caches: [
      { name: 'cargo', path: '/usr/local/cargo/registry' },
      { name: 'target', path: '/target' },
    ],
    env: [{ name: 'CARGO_TARGET_DIR', value: '/target' }],
    commands: [
      { id: 'build', kind: 'build', line: 'cargo build' },
      { id: 'run', kind: 'run', line: 'cargo run' },
      { id: 'test', kind: 'test', line: 'cargo test' },
    ],
    memory: '4Gi',
    libraries: manifest,
    reasons,
  };
}
