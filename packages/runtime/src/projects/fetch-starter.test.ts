import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { fetchStarter } from './fetch-starter.ts';
import { findStarterPlace } from './starter-place.ts';

function makeFolder(files: readonly string[]): string {
  const folder = makeTemporaryFolder();
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), 'mine');
  }
  return folder;
}

describe('a folder for a starter', () => {
  it.each([
    [['devfile.yaml', '.git/HEAD', 'README.md', 'LICENSE', '.gitignore'], 'empty'],
    [[], 'empty'],
    [['devfile.yaml', 'src/app.py'], 'filled'],
    [['devfile.yaml', '.devstead-starter/app.py', 'app.js'], 'begun'],
  ])('with %j is %s', (files, place) => {
    expect(findStarterPlace(makeFolder(files))).toBe(place);
  });

  it('into which sources were being moved gets the rest of them, and keeps its own', async () => {
    const arrived = ['app.py', 'README.md', '.devfile.yaml', 'src/b'].map((file) => `.devstead-starter/${file}`);
    const folder = makeFolder(['devfile.yaml', 'README.md', 'moved-before', ...arrived]);
    writeFileSync(join(folder, '.devstead-starter/README.md'), 'theirs');
    const notes: string[] = [];
    await fetchStarter(
      { name: 'small', isChosen: false },
      {
        folder,
        staging: join(makeTemporaryFolder(), 'staging'),
        gitEnv: {},
        report: { note: (text) => void notes.push(text) },
        onOutput: () => undefined,
        signal: new AbortController().signal,
      },
    );
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'app.py', 'devfile.yaml', 'moved-before', 'src']);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('mine');
    expect(notes[0]).toContain('.devfile.yaml, README.md');
  });
});
