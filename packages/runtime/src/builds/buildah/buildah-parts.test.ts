import { AppError } from '@devstead/kit';
import { describe, expect, it } from 'vitest';
import { chooseStages, readGlobals } from '../../dockerfile/choose-stages.ts';
import { readDockerfile } from '../../dockerfile/read-dockerfile.ts';
import { explainFailure } from '../builder/explain-failure.ts';
import type { BuildEvent, BuildRequest } from '../builder/image-builder.ts';
import { BuildOutput } from '../builder/read-output.ts';
import { type RenderedDockerfile, renderDockerfile } from '../builder/render-dockerfile.ts';
import { mendStorage } from './mend-storage.ts';
import { readMadeImage } from './take-result.ts';

function render(...lines: readonly string[]): RenderedDockerfile {
  const { dockerfile } = readDockerfile(lines.join('\n'), 'Dockerfile');
  if (dockerfile === undefined) throw new Error('the Dockerfile has mistakes');
  const args = new Map<string, string>();
  const globals = readGlobals(dockerfile, args, 'amd64');
  const contexts = new Map([['extra', undefined]]);
  const images = new Map([['known', 'img:9']]);
  const names = { contexts: new Set(contexts.keys()), images };
  const chosen = chooseStages(dockerfile, globals, undefined, names, () => undefined);
  const request = { dockerfile, chosen, args, globals, bases: new Map(), contexts, images };
  return renderDockerfile(request as unknown as BuildRequest, {
    base: (reference) => `local/${reference}`,
    context: (name) => name,
    heredocs: 'devstead-heredocs',
    canMount: true,
  });
}

describe('a failure', () => {
  it('has its cause among the details, without the step that it repeats', () => {
    const { steps } = render('FROM img', 'ADD http://gone.test/x "/x"');
    const output = new BuildOutput(steps, () => undefined);
    const printed = [
      'STEP 1/2: FROM local/img AS stage-0',
      'STEP 2/2: ADD http://gone.test/x "/x"',
      'Error: building at STEP "ADD http://gone.test/x "/x"": Get "http://gone.test/x": no such host',
      'level=error msg="exit status 125"',
    ];
    for (const line of printed) output.read(line);
    const error = explainFailure(new AppError('IMAGE_BUILD_FAILED', 'it ended'), output, 'Dockerfile');
    expect(error).toMatchObject({
      message: expect.stringContaining('Dockerfile:2 ADD'),
      details: ['2 | ADD http://gone.test/x "/x"', 'Get "http://gone.test/x": no such host'],
    });
  });
});

describe('an image that buildah made', () => {
  const read = (change: object): string => {
    const config = {
      container: 'c1',
      parent: 'sha256:1',
      config: { Hostname: 'h1', Cmd: ['x'] },
      rootfs: { diff_ids: ['sha256:a'] },
      history: [{ created_by: 'RUN x', comment: 'FROM 0123456789ab' }],
      ...change,
    };
    return readMadeImage('id', JSON.stringify(config), '[]', '[]').digest;
  };

  it('has the digest of what it is, not of what buildah called things meanwhile', () => {
    const names = { container: 'c2', parent: 'sha256:2', config: { Hostname: 'h2', Cmd: ['x'] } };
    expect(read({ ...names, history: [{ created_by: 'RUN x', comment: 'FROM ba9876543210' }] })).toBe(read({}));
    expect(read({ config: { Hostname: 'h1', Cmd: ['y'] } })).not.toBe(read({}));
    expect(read({ rootfs: { diff_ids: ['sha256:b'] } })).not.toBe(read({}));
  });
});

describe('the Dockerfile that buildah gets', () => {
  it('has the stages that are needed, under names of ours', () => {
    const { text } = render(
      'ARG V=1',
      'FROM img:$V AS one',
      'FROM other',
      'FROM one',
      'COPY --from=0 --link a /a',
      'COPY --from=extra b /b',
      'COPY --from=tool:2 c /c',
      'COPY --from=known d /d',
      'RUN --mount=type=bind,from=one,target=/x --network=default true',
      'RUN --mount=type=ssh,required true',
    );
    expect(text.split('\n')).toEqual([
      'ARG V=1',
      'FROM local/img:1 AS stage-0',
      'FROM stage-0 AS stage-2',
      'COPY --from=stage-0 a /a',
      'COPY --from=extra b /b',
      'COPY --from=local/tool:2 c /c',
      'COPY --from=local/img:9 d /d',
      'RUN --mount=type=bind,from=stage-0,target=/x true',
      'RUN --mount=type=ssh,required=true true',
      '',
    ]);
  });

  it('has heredocs as files or as exec forms', () => {
    const { text, files } = render(
      'FROM img',
      'ENV A=one',
      'COPY <<X <<"Y" own.txt /to/',
      '$A \\$A "q"',
      'X',
      '$A',
      'Y',
      'RUN <<Z',
      'echo "a"',
      'Z',
      'SHELL ["/bin/bash", "-c"]',
      'RUN cat <<Z > /x',
      'b',
      'Z',
      'RUN <<P',
      '#!/usr/bin/env python3',
      'P',
    );
    expect(files).toEqual([
      { path: '0/X', content: 'one $A "q"\n', mode: 0o644 },
      { path: '1/Y', content: '$A\n', mode: 0o644 },
      { path: '2/P', content: '#!/usr/bin/env python3\n', mode: 0o755 },
    ]);
    expect(text.split('\n').slice(2)).toEqual([
      'COPY --from=devstead-heredocs 0/X 1/Y /to/',
      'COPY own.txt /to/',
      String.raw`RUN ["/bin/sh","-c","echo \"a\"\n"]`,
      'SHELL ["/bin/bash", "-c"]',
      String.raw`RUN ["/bin/bash","-c","cat <<Z > /x\nb\nZ\n"]`,
      'RUN --mount=type=bind,from=devstead-heredocs,source=2/P,target=/dev/pipes/P ["/dev/pipes/P"]',
      '',
    ]);
  });
});

describe('what buildah prints', () => {
  it('is told by step, and not what a step prints like it', () => {
    const { steps } = render('FROM img', 'RUN echo   a', 'USER x');
    const events: BuildEvent[] = [];
    const output = new BuildOutput(steps, (event) => void events.push(event));
    const lines = [
      'STEP 1/3: FROM local/img AS stage-0',
      'STEP 2/3: RUN echo a',
      'STEP 9/9: RUN pretended',
      'half\r100 %',
      '--> 0123456789a',
      'STEP 3/3: USER x',
      `--> Using cache ${'a'.repeat(64)}`,
      'COMMIT x',
      'COMMIT',
    ];
    for (const line of lines) output.read(line);
    expect(events.map((event) => (event.type === 'step' ? `${event.type} ${event.line}` : event.type))).toEqual([
      'step 1',
      'step 2',
      'output',
      'output',
      'step 3',
      'cached',
    ]);
    expect(events.flatMap((event) => (event.type === 'output' ? [event.text] : []))).toEqual([
      'STEP 9/9: RUN pretended',
      '100 %',
    ]);
    expect(output.current?.instruction.line).toBe(3);
  });
});

describe('the storage of buildah', () => {
  const layers = [
    { id: 'a', parent: 'base' },
    { id: 'b', parent: 'a' },
    { id: 'c', parent: 'gone' },
    { id: 'd', parent: 'c' },
  ];
  const images = [
    { id: 'x', layer: 'b' },
    { id: 'y', layer: 'd' },
    { id: 'z', layer: 'gone' },
  ];

  it('loses what lies on layers that are gone, and what lies on that', () => {
    const mended = mendStorage(JSON.stringify(images), JSON.stringify(layers), new Set(['base']));
    expect(mended).toMatchObject({ goneImages: ['y', 'z'], goneLayers: ['c', 'd'] });
    expect(JSON.parse(mended?.layers ?? '')).toEqual(layers.slice(0, 2));
    expect(JSON.parse(mended?.images ?? '')).toEqual(images.slice(0, 1));
  });

  it('stays as it is where all is well, and where there is none yet', () => {
    expect(
      mendStorage(JSON.stringify(images.slice(0, 1)), JSON.stringify(layers.slice(0, 2)), new Set(['base'])),
    ).toBeUndefined();
    expect(mendStorage('', '', new Set())).toBeUndefined();
  });
});
