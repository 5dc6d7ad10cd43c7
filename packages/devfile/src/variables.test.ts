import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findReferences } from './find-references.ts';
import { substituteVariables } from './variables.ts';

const text = '{{v}}';
const endpoint = { name: text, targetPort: 1, path: text };
const git = { remotes: { [text]: text }, checkoutFrom: { remote: text, revision: text } };
const everywhere = {
  metadata: { name: text, description: text },
  attributes: { a: text },
  parent: { uri: text },
  components: [
    {
      name: text,
      attributes: { a: text },
      container: {
        image: text,
        command: [text],
        args: [text],
        memoryLimit: text,
        memoryRequest: text,
        sourceMapping: text,
        cpuLimit: text,
        cpuRequest: text,
        annotation: { service: { a: text } },
        env: [{ name: text, value: text }],
        volumeMounts: [{ name: text, path: text }],
        endpoints: [endpoint],
      },
      kubernetes: { uri: text, inlined: text, endpoints: [endpoint] },
      volume: { size: text },
      image: {
        imageName: text,
        dockerfile: {
          uri: text,
          git: { ...git, fileLocation: text },
          devfileRegistry: { id: text, registryUrl: text },
          buildContext: text,
          args: [text],
        },
      },
    },
  ],
  commands: [
    {
      id: text,
      exec: { commandLine: text, workingDir: text, label: text, component: text, env: [{ name: text, value: text }] },
      composite: { label: text, commands: [text] },
      apply: { label: text, component: text },
    },
  ],
  events: { preStart: [text] },
  projects: [{ name: text, clonePath: text, git, zip: { location: text } }],
  dependentProjects: [{ name: text, clonePath: text, git, zip: { location: text } }],
  starterProjects: [{ name: text, description: text, subDir: text, git, zip: { location: text } }],
};

/** Paths of all texts that are (or have as key) the one given. */
function listPaths(value: unknown, wanted: string, path = ''): string[] {
  if (value === wanted) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    ...(key === wanted ? [`${path}.@`] : []),
    ...listPaths(child, wanted, `${path}.${/^\d+$/.test(key) || key === wanted ? '*' : key}`),
  ]);
}

describe('substituteVariables', () => {
  it('leaves alone exactly what the specification leaves alone', () => {
    const { document } = substituteVariables(everywhere, new Map([['v', 'new']]));
    expect(listPaths(document, text)).toEqual([
      '.metadata.name',
      '.metadata.description',
      '.attributes.a',
      '.parent.uri',
      '.components.*.name',
      '.components.*.attributes.a',
      '.components.*.container.cpuLimit',
      '.components.*.container.cpuRequest',
      '.components.*.container.annotation.service.a',
      '.components.*.container.volumeMounts.*.name',
      '.components.*.container.endpoints.*.name',
      '.components.*.kubernetes.endpoints.*.name',
      '.commands.*.id',
      '.commands.*.exec.component',
      '.commands.*.composite.commands.*',
      '.commands.*.apply.component',
      '.events.preStart.*',
      '.projects.*.name',
      '.dependentProjects.*.name',
      '.starterProjects.*.name',
    ]);
    expect(listPaths(document, 'new')).toHaveLength(51);
  });

  it('substitutes once and remembers what went in', () => {
    const document = { components: [{ container: { image: '{{ a }}:{{b}}-{{a}}{{c}}' } }] };
    const variables = new Map([
      ['a', '{{b}}'],
      ['b', '$&'],
    ]);
    const substitution = substituteVariables(document, variables);
    expect(substitution.document).toEqual({ components: [{ container: { image: '{{b}}:$&-{{b}}{{c}}' } }] });
    expect(substitution.variablesAt(['components', 0, 'container', 'image'])).toEqual(['a', 'b']);
    expect(substitution.problems).toMatchObject([{ code: 'devfile.undefined-variable', within: '{{c}}' }]);
    expect(document.components[0]?.container.image).toContain('{{ a }}');
  });

  it('does not take names from the prototype', () => {
    const document = { components: [{ container: { image: '{{constructor}}{{__proto__}}' } }] };
    const substitution = substituteVariables(document, new Map());
    expect(substitution.document).toBe(document);
    expect(substitution.problems).toHaveLength(2);
  });
});

describe('findReferences', () => {
  it('finds what the regular expression of the reference finds', () => {
    const piece = fc.constantFrom('{{', '}}', '{', '}', ' ', '\n', '\t', 'a', 'b c', '\u00a0');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const joined = pieces.join('');
        const expected = [...joined.matchAll(/\{\{[\t\n\f\r ]*([^\n]*?)[\t\n\f\r ]*\}\}/g)].map((match) => ({
          name: match[1],
          start: match.index,
          end: match.index + match[0].length,
        }));
        expect(findReferences(joined)).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads hostile texts', () => {
    expect(findReferences('{{'.repeat(200_000))).toEqual([]);
    expect(findReferences(`${'{{ '.repeat(100_000)}\n x\n y}}`)).toEqual([]);
  });
});
