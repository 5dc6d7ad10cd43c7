import { readdirSync, statfsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { openIdMap } from '../ids/state-id-map.ts';
import { runProcess } from '../process/run-process.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { WorkspacePaths } from '../state/paths.ts';
import type { VolumeRoom } from '../volumes/volume-room.ts';
import { withInnerRoot } from './inner-root.ts';
import { makeInnerFolder } from './sandbox-context.ts';

/** Numbers of renameat2(2). */
const renameat2 = { x64: 316, arm64: 276 } as Readonly<Record<string, number>>;

/**
 * Puts the folder that was gathered in place of the volume's, in one step: at no moment is there none, which would be
 * filled from the image by the next start.
 */
const exchange = `my ($call) = map { int } @ARGV;
my ($new, $old) = ('restored', 'data');
exit 0 unless -e $new;
if (-e $old) { syscall($call, -100, $new, -100, $old, 2) == 0 or die "$new: $!\\n" }
else { rename $new, $old or die "$new: $!\\n" }
exec 'rm', '-rf', $new`;

/** Does work in a volume of the sandbox as the root of the state folder's ids. Throws MACHINE_LACKS. */
export async function withSandboxVolume<Result>(
  paths: WorkspacePaths,
  settings: RuntimeSettings,
  volume: string,
  work: (room: VolumeRoom) => Promise<Result>,
): Promise<Result> {
  const idMap = openIdMap(settings);
  const folder = paths.volume(volume);
  makeInnerFolder(paths.volumes, idMap);
  makeInnerFolder(folder, idMap);
  return withInnerRoot(idMap, (run) => {
    const { bavail, bsize } = statfsSync(folder);
    return work({
      run: (argv, stdio) => run(folder, argv, stdio),
      staging: 'restored',
      replace: ['perl', '-e', exchange, String(renameat2[process.arch] ?? 0)],
      freeBytes: bavail * bsize,
    });
  });
}

/** Bytes that volumes hold. A normal user may not read all files of containers; their own root may. */
export async function measureSandboxVolumes(
  paths: WorkspacePaths,
  settings: RuntimeSettings,
): Promise<Record<string, number>> {
  const names = listNames(paths.volumes);
  if (names.length === 0) return {};
  const words = ['du', '-sb', '--', ...names.map((name) => `./${name}`)];
  const idMap = openIdMap(settings);
  const lines =
    idMap.mode === 'root'
      ? (await runProcess(words, { cwd: paths.volumes })).stdout
      : await withInnerRoot(idMap, async (run) => {
          const { stdout } = run(paths.volumes, words, ['ignore', 'pipe', 'ignore']);
          return stdout === null ? '' : text(stdout);
        });
  return Object.fromEntries(
    lines.split('\n').flatMap((line) => {
      const [, bytes, name] = /^(\d+)\t\.\/(.+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, Number(bytes)] as const];
    }),
  );
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
