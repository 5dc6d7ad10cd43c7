import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useHome } from '../src/use-home.ts';

const base = 'FROM python:3.13-slim';

/** Dockerfiles that reach for the machine's files through what the builder itself sees of them. */
const reaching = {
  'a link of another stage to everything': [
    `${base} AS other`,
    'RUN ln -s / /everything',
    base,
    'RUN --mount=type=bind,from=other,source=/everything,target=/x ls /x',
  ],
  'a link of another stage to the layers of other builds': [
    `${base} AS other`,
    'RUN ln -s /tmp/builder/storage /layers',
    base,
    'RUN --mount=type=bind,from=other,source=/layers,target=/x,rw touch /x/here',
  ],
  'a link of the context': [base, 'RUN --mount=type=bind,source=everything,target=/x ls /x'],
  'the id of a cache': [base, 'RUN --mount=type=cache,id=../../../../../../etc,target=/x ls /x'],
} as const;

describe('a Dockerfile of somebody else', () => {
  const home = useHome();

  it.each(Object.entries(reaching))('must not get at files of the machine by %s', async (name, lines) => {
    const folder = join(home().projects, name.replaceAll(' ', '-'));
    mkdirSync(folder);
    symlinkSync('/', join(folder, 'everything'));
    writeFileSync(join(folder, 'Dockerfile'), lines.join('\n'));
    const { code, stderr } = await home().run(['image', 'build', '-t', 'scenario-hostile', '.'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`IMAGE_BUILD_FAILED .*Dockerfile:${lines.length} RUN has a mount that leads out of the build`),
    );
    expect(stderr).not.toMatch(/^ {2}\| (usr|passwd|overlay)$/m);
  });

  it('must find what it mounts of another stage also when nothing of that stage has changed', async () => {
    const folder = join(home().projects, 'mounts');
    mkdirSync(folder);
    for (const word of ['first', 'second']) {
      const stages = `${base} AS other\nRUN mkdir /made && echo found > /made/file\n${base}\n`;
      const mount = '--mount=type=bind,from=other,source=/made,target=/x';
      writeFileSync(join(folder, 'Dockerfile'), `${stages}RUN ${mount} cat /x/file && echo ${word}\n`);
      const { stderr } = await home().runWell(['image', 'build', '-t', 'scenario-mounts', '.'], { cwd: folder });
      expect(stderr).toContain(`| found\n  | ${word}\n`);
    }
    await home().runWell(['image', 'rm', 'scenario-mounts']);
  });

  it('must not exhaust the memory by what it prints, with and without ends of lines', async () => {
    const folder = join(home().projects, 'noisy');
    mkdirSync(folder);
    const print = 'head -c 300000000 /dev/zero | tr "\\0" x; yes | head -c 10000000 | tr -d y | head -c 100000; false';
    writeFileSync(join(folder, 'Dockerfile'), `${base}\nRUN ${print}\n`);
    const env = { NODE_OPTIONS: '--max-old-space-size=256' };
    const { code, stderr } = await home().run(['image', 'build', '-t', 'scenario-noisy', '.'], { cwd: folder, env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Dockerfile:2 RUN ended with 1/);
  });
});
