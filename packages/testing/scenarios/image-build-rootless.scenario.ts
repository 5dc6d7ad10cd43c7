import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listStore } from '../src/image-store.ts';
import { shareImages } from '../src/share-images.ts';
import { explainNoUser, ThrowAwayUser } from '../src/throw-away-user.ts';

const reason = explainNoUser();
const why = reason === undefined ? '' : ` (skipped: ${reason})`;

describe.skipIf(reason !== undefined)(`an image from a Dockerfile for a normal user${why}`, () => {
  let user: ThrowAwayUser;

  beforeAll(async () => {
    user = new ThrowAwayUser();
    await shareImages(user, ['base', 'redis']);
  });
  afterAll(() => user?.remove());

  it('must be built, run with its owners, built again from what is kept, and be removed', async () => {
    const cwd = join(user.root, 'project');
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'app.sh'), 'echo first\n');
    const lines = [
      'FROM redis:7',
      'RUN id -u > /made && mkdir /work && chown 1234:0 /work',
      'WORKDIR /app',
      'COPY --chown=1234:0 app.sh .',
      'USER 1234:0',
      'CMD ["sh", "app.sh"]',
    ];
    writeFileSync(join(cwd, 'Dockerfile'), `${lines.join('\n')}\n`);
    execFileSync('chown', ['-R', String(user.uid), cwd]);
    await user.runWell(['image', 'build', '-t', 'mine', '.'], { cwd });
    const script = 'cat /made; stat -c "%u %n" /work /app/app.sh; touch /work/x && id -u';
    const { stdout } = await user.runWell(['image', 'run', '--rm', 'mine', 'sh', '-c', script], { cwd });
    expect(stdout.split('\n')).toEqual(['0', '1234 /work', '1234 /app/app.sh', '1234', '']);
    writeFileSync(join(cwd, 'app.sh'), 'echo changed\n');
    const again = await user.runWell(['image', 'build', '-t', 'mine', '.'], { cwd });
    expect(again.stderr).toContain('from an earlier build');
    expect((await user.runWell(['image', 'run', '--rm', 'mine'], { cwd })).stdout).toBe('changed\n');
    await user.runWell(['image', 'rm', 'mine'], { cwd });
    expect(listStore(user.state).building).toEqual([]);
  });
});
