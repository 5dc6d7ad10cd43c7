import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildPeer, call, type PeerStart, unmountBelow } from './peer.ts';

/** `buildah bud` with a storage of its own and the layers of earlier builds. */
export function startBuildah({ folder, archive, name, context }: PeerStart): BuildPeer {
  const configuration = join(folder, 'containers.conf');
  // Limits that this machine's kernel accepts, and a runtime that its control groups do not refuse.
  writeFileSync(
    configuration,
    '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\n[engine]\nruntime="runc"\ncgroup_manager="cgroupfs"\n',
  );
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, '{"default": [{"type": "insecureAcceptAnything"}]}');
  const env = { HOME: folder, CONTAINERS_CONF: configuration, TMPDIR: folder };
  const storage = ['--root', join(folder, 'root'), '--runroot', join(folder, 'run'), '--storage-driver', 'overlay'];
  const buildah = (...words: readonly string[]): void => call(['buildah', ...storage, ...words], env);
  const bud = (...words: readonly string[]): void =>
    buildah(
      'bud',
      '--pull-never',
      '--network',
      'host',
      '--isolation',
      'chroot',
      '--signature-policy',
      policy,
      ...words,
    );
  buildah('pull', '--signature-policy', policy, `oci-archive:${archive}`);
  bud('--tag', name, context);
  return {
    name: execFileSync('buildah', ['--version'], { encoding: 'utf8' }).split(' ').slice(0, 3).join(' '),
    build: (target, isFresh) => bud('--layers', '--format', 'docker', ...(isFresh ? ['--no-cache'] : []), target),
    close: async () => unmountBelow(folder),
  };
}
