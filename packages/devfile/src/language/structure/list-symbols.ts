import type { LanguageDocument } from '../open-document.ts';
import { type Child, findEntry, listChildren, readText } from '../tree/node.ts';
import type { Range } from '../types.ts';

/** A section of a devfile, or an element of one. */
export interface DocumentSymbol {
  readonly name: string;
  readonly detail?: string;
  readonly kind: 'section' | 'component' | 'command' | 'project' | 'variable' | 'event' | 'endpoint';
  readonly range: Range;
  readonly selectionRange: Range;
  readonly children: readonly DocumentSymbol[];
}

const kindOf: Readonly<Record<string, DocumentSymbol['kind']>> = {
  components: 'component',
  commands: 'command',
  projects: 'project',
  starterProjects: 'project',
  dependentProjects: 'project',
  variables: 'variable',
  events: 'event',
};
const componentKinds = ['container', 'kubernetes', 'openshift'];

/** The outline: sections, in them components, commands, projects, variables and events, in components their endpoints. */
export function listSymbols(document: LanguageDocument): DocumentSymbol[] {
  return listChildren(document.tree).map((section) => {
    const kind = kindOf[String(section.step)];
    const elements =
      kind === undefined ? [] : listChildren(section.value).map((child) => describe(document, child, kind));
    return make(document, section, 'section', String(section.step), undefined, elements);
  });
}

function describe(document: LanguageDocument, child: Child, kind: DocumentSymbol['kind']): DocumentSymbol {
  const { value } = child;
  if (value?.kind !== 'map')
    return make(document, child, kind, String(child.key?.value ?? readText(value) ?? child.step), readText(value));
  const fields = value.entries.map(({ key }) => key.value);
  const own = fields.find((field) => field !== 'name' && field !== 'id' && field !== 'attributes');
  const endpoints = componentKinds.flatMap((field) =>
    listChildren(findEntry(findEntry(value, field)?.value, 'endpoints')?.value),
  );
  const symbols = endpoints.map((endpoint) => {
    const port = readText(findEntry(endpoint.value, 'targetPort')?.value);
    return make(document, endpoint, 'endpoint', nameOf(endpoint), port);
  });
  return make(document, child, kind, nameOf(child), own, symbols);
}

function nameOf({ value, step }: Child): string {
  const name = readText(findEntry(value, 'name')?.value) ?? readText(findEntry(value, 'id')?.value);
  return name === undefined || name === '' ? `number ${Number(step) + 1}` : name;
}

function make(
  { lines }: LanguageDocument,
  child: Child,
  kind: DocumentSymbol['kind'],
  name: string,
  detail?: string,
  children: readonly DocumentSymbol[] = [],
): DocumentSymbol {
  const named = findEntry(child.value, 'name')?.value ?? findEntry(child.value, 'id')?.value;
  const selected = child.key ?? named ?? child.span;
  return {
    // Editors refuse an empty name.
    name: name === '' ? '(empty)' : name,
    ...(detail !== undefined && detail !== '' && { detail }),
    kind,
    range: lines.rangeOf(child.span),
    selectionRange: lines.rangeOf(selected),
    children,
  };
}
