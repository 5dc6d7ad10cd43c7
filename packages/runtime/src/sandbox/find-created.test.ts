import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { identify } from '../process/process-table.ts';
import type { CreatedContainer, SandboxContext } from './sandbox-context.ts';
import { type ContainerStart, findCreated } from './start-container.ts';

const start: ContainerStart = {
  spec: { name: 'web' } as ContainerSpec,
  specHash: 'hash',
  image: { digest: 'sha256:1', layers: [] },
  isNewLayer: false,
};

function contextWith(created: Partial<CreatedContainer>): SandboxContext {
  const init = identify(process.pid) ?? { pid: 0, start: 0 };
  const made = { init, layerSince: 0, specHash: 'hash', imageDigest: 'sha256:1', isNewLayer: false, ...created };
  return { own: { created: new Map([['web', made]]) } } as unknown as SandboxContext;
}

describe('a container that was made ahead', () => {
  it('is taken when it is there and made of the same', () => {
    expect(findCreated(contextWith({}), start)).toMatchObject({ specHash: 'hash' });
    expect(findCreated(contextWith({}), { ...start, spec: { name: 'db' } as ContainerSpec })).toBeUndefined();
  });

  it.each<Partial<CreatedContainer>>([
    { specHash: 'other' },
    { imageDigest: 'sha256:2' },
    { isNewLayer: true },
    { init: { pid: process.pid, start: 1 } },
  ])('is left when it differs: %o', (difference) => {
    expect(findCreated(contextWith(difference), start)).toBeUndefined();
  });
});
