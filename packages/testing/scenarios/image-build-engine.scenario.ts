import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainMissingEngine, PrivateEngine } from '../src/engines/private-engine.ts';
import type { Finished } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';

/** A program that runs without anything else: images of it alone are small. */
const program = '/sbin/ldconfig';

const dockerfile = `ARG FOLDER=/sbin
FROM scratch AS tools
ARG FOLDER
COPY ldconfig $FOLDER/
RUN ["/sbin/ldconfig", "--version"]
FROM tools AS unused
RUN ["/sbin/ldconfig", "--no-such-option"]
FROM scratch
COPY --link --from=tools /sbin/ldconfig /ldconfig
COPY <<"EOF" /text
as $WRITTEN
EOF
COPY --from=more note /note
COPY . /all
LABEL kind=scenario
HEALTHCHECK --interval=7s --start-interval=1s CMD ["/ldconfig", "-p"]
USER 4321:0
`;

describe.each(['docker', 'podman'] as const)('an image from a Dockerfile where only %s builds', (kind) => {
  const missing = explainMissingEngine(kind);
  describe.skipIf(missing !== undefined)(
    `with an engine of its own${missing === undefined ? '' : ` (skipped: ${missing})`}`,
    () => {
      const home = useHome();
      const tag = `scenario-engine-${kind}`;
      let engine: PrivateEngine;
      let folder = '';
      const build = (...words: readonly string[]): Promise<Finished> =>
        home().run(
          ['image', 'build', '-t', tag, '--build-context', 'more=../more', '--output', 'json', ...words, '.'],
          {
            cwd: folder,
            env: { ...engine.variables, DEVSTEAD_IMAGES_BUILDER: 'engine' },
          },
        );
      beforeAll(async () => {
        engine = await PrivateEngine.start(kind);
        folder = join(home().projects, 'app');
        for (const name of ['app', 'more']) mkdirSync(join(home().projects, name));
        writeFileSync(join(folder, 'Dockerfile'), dockerfile);
        writeFileSync(join(folder, '.dockerignore'), 'Dockerfile*\n');
        writeFileSync(join(home().projects, 'more/note'), 'a note\n');
        copyFileSync(program, join(folder, 'ldconfig'));
      });
      afterAll(async () => {
        await home().run(['image', 'rm', tag]);
        await engine?.remove();
      });

      it('must be built of the same file, and come into the store with all that it is', async () => {
        const done = await build();
        expect(done.code, done.stderr).toBe(0);
        const { stdout } = await home().runWell(['image', 'inspect', '--output', 'json', tag]);
        const { image } = JSON.parse(stdout) as { image: { layers: string[]; config: object } };
        expect(image.config).toMatchObject({
          user: '4321:0',
          labels: { kind: 'scenario' },
          ready: ['/ldconfig', '-p'],
          health: { intervalMs: 7000, startIntervalMs: 1000 },
        });
        const layers = image.layers.map((digest) => join(home().state, 'images/layers', digest.replace('sha256:', '')));
        const all = layers.flatMap((layer) => readdirSync(layer, { recursive: true, encoding: 'utf8' }));
        expect(all.sort()).toEqual(['all', 'all/.dockerignore', 'all/ldconfig', 'ldconfig', 'note', 'text']);
        const text = layers.find((layer) => readdirSync(layer).includes('text')) ?? '';
        expect(readFileSync(join(text, 'text'), 'utf8')).toBe('as $WRITTEN\n');
      });

      it('must not be built again when nothing changed, and leave nothing of the build at the engine', async () => {
        const { stdout } = await build();
        expect(JSON.parse(stdout)).toMatchObject({ images: [{ isNew: false }] });
        const images = (await engine.ask('/images/json')) as readonly { RepoTags: readonly string[] | null }[];
        const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((one) => !one.startsWith('<none>'));
        expect(tags).toEqual([
          expect.stringMatching(/^localhost\/devstead\/scenario-engine-\w+-latest-\w+:[0-9a-f]{16}$/),
        ]);
        expect(await engine.ask('/containers/json?all=1')).toEqual([]);
      });

      it('must fail with the line of the step', async () => {
        const { code, stdout } = await build('--target', 'unused');
        expect([code, JSON.parse(stdout)]).toEqual([
          1,
          expect.objectContaining({
            code: 'IMAGE_BUILD_FAILED',
            message: expect.stringMatching(/Dockerfile:7 RUN ended with \d+$/),
          }),
        ]);
      });

      it('must say before it begins what the engine cannot do', async () => {
        writeFileSync(join(folder, 'Dockerfile.mounts'), 'FROM scratch\nRUN --mount=type=cache,target=/x ["/y"]\n');
        const { code, stderr } = await build('-f', 'Dockerfile.mounts');
        expect(code).toBe(1);
        expect(stderr).toMatch(/dockerfile\.not-supported.*"line":2,"column":5/);
      });
    },
  );
});
