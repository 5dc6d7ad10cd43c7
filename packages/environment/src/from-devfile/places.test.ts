import { readDevfile } from '@devstead/devfile';
import { describe, expect, it } from 'vitest';
import { findValues } from '../why.ts';
import { readEnvironmentFromDevfile } from './read-environment.ts';

const file = 'devfile.yaml';
const text = `schemaVersion: 2.2.2
metadata:
  name: shop
variables:
  VERSION: "3.11"
attributes:
  workspaceEnv:
    - name: MODE
      value: dev
  pod-overrides: {}
components:
  - name: web
    container:
      image: python:{{VERSION}}
      endpoints:
        - name: http
          targetPort: 5000
  - name: cluster
    kubernetes:
      inlined: "kind: Pod"
commands:
  - id: start
    exec:
      component: web
      commandLine: run
      workingDir: \${PROJECT_SOURCE}
`;

const result = await readDevfile(text, { file });
if (result.devfile === undefined) throw new Error('the devfile of this test cannot be read');
const { environment, diagnostics } = readEnvironmentFromDevfile(result.devfile, {
  originsOf: result.originsOf,
  file,
  fallbackName: 'folder',
});

function originsOf(path: string) {
  const [answer] = findValues(environment, path);
  return answer?.origins;
}

describe('the origins of', () => {
  it('a value with a variable in it are its place, then the place of the variable', () => {
    expect(originsOf('web.image')).toEqual([
      { kind: 'file', file, line: 14, column: 14 },
      expect.objectContaining({ kind: 'variable', detail: 'VERSION', file, line: 5 }),
    ]);
  });

  it('a value nobody wrote is the rule', () => {
    expect(originsOf('web.endpoints.http.exposure')).toEqual([
      { kind: 'default', detail: 'devfile: exposure is public unless said' },
    ]);
  });

  it('a shared variable is the attribute', () => {
    expect(originsOf('web.env.MODE')).toEqual([{ kind: 'file', file, line: 9, column: 14 }]);
  });

  it('a folder with PROJECT_SOURCE in it are its place, then the rule', () => {
    expect(originsOf('start.workingDir')).toEqual([
      { kind: 'file', file, line: 26, column: 19 },
      expect.objectContaining({ kind: 'default' }),
    ]);
  });
});

describe('diagnostics', () => {
  it('have the place of what they are about', () => {
    expect(diagnostics.map(({ code, line, column, path }) => [code, line, column, path])).toEqual([
      ['environment.attribute-ignored', 10, 3, 'attributes.pod-overrides'],
      ['environment.component-ignored', 18, 11, 'components.cluster.name'],
    ]);
  });
});
