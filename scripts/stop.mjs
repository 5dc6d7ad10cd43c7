import { findPinnedNode, isNodeRecent, runDevstead } from './repository.mjs';

if (findPinnedNode() === undefined && !isNodeRecent()) {
  process.stdout.write('Nothing is set up here, so nothing runs.\n');
} else {
  process.exitCode = runDevstead(['down', '--all']);
}
