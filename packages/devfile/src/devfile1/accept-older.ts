import { getAt } from '../document-path.ts';
import { Draft } from '../draft.ts';
import { isMap } from '../flatten/trace.ts';
import type { Problem } from '../problem.ts';
import type { DocumentPath } from '../types.ts';

/** A document in the words of devfile 1.0.0, and where its values stand in the file. */
export interface Accepted {
  readonly document: unknown;
  readonly problems: readonly Problem[];
  readonly toFilePath: (path: DocumentPath) => DocumentPath;
}

/**
 * What real files write and the schema refuses, put in the schema's words for the compat profile: `specVersion` and the
 * names the drafts had (`name`, `tools`, `tool`, `local`), and booleans and numbers where texts are asked for. Gives
 * `devfile.old-words` and `devfile.not-a-text`, warnings, with paths of the file.
 */
export function acceptOlder(document: unknown): Accepted {
  const draft = new Draft(document);
  const problems: Problem[] = [];
  const rename = (path: DocumentPath, name: string): void => {
    const written = getAt(document, path);
    if (written === undefined || getAt(document, [...path.slice(0, -1), name]) !== undefined) return;
    const message = `${String(path.at(-1))} is what drafts of the format called ${name}`;
    problems.push({ ...said, code: 'devfile.old-words', path, at: 'key', message, hint: `Write \`${name}\`.` });
    draft.rename(path, name);
  };
  const toText = (path: DocumentPath): void => {
    const value = getAt(document, path);
    if (typeof value !== 'boolean' && typeof value !== 'number') return;
    const message = `${String(path.at(-1))} is the ${typeof value} ${value}, and a text is asked for`;
    problems.push({ ...said, code: 'devfile.not-a-text', path, message });
    draft.set(path, String(value));
  };
  const toTexts = (path: DocumentPath): void => {
    for (const key of keysOf(getAt(document, path))) toText([...path, key]);
  };

  const elements = (path: DocumentPath): DocumentPath[] => {
    const list = getAt(document, path);
    return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
  };

  toTexts(['attributes']);
  for (const action of elements(['commands']).flatMap((command) => elements([...command, 'actions']))) {
    rename([...action, 'tool'], 'component');
  }
  for (const command of elements(['commands'])) toTexts([...command, 'attributes']);
  for (const project of elements(['projects'])) {
    for (const field of ['branch', 'startPoint', 'tag', 'commitId']) toText([...project, 'source', field]);
  }
  for (const list of ['components', 'tools']) {
    for (const component of elements([list])) {
      for (const field of ['selector']) toTexts([...component, field]);
      for (const variable of elements([...component, 'env'])) toText([...variable, 'value']);
      for (const endpoint of elements([...component, 'endpoints'])) toTexts([...endpoint, 'attributes']);
      for (const words of ['command', 'args']) for (const word of elements([...component, words])) toText(word);
      if (list === 'tools') rename([...component, 'name'], 'alias');
      rename([...component, 'local'], 'reference');
      rename([...component, 'localContent'], 'referenceContent');
    }
  }
  rename(['tools'], 'components');
  acceptVersion(document, draft, problems);
  return { document: draft.value, problems, toFilePath: (path) => draft.toFilePath(path) };
}

const said = { severity: 'warning', isErrorInStrict: true } as const;

/** The drafts named their version and their name otherwise. */
function acceptVersion(document: unknown, draft: Draft, problems: Problem[]): void {
  if (!isMap(document) || document['specVersion'] === undefined || document['apiVersion'] !== undefined) return;
  const message = 'specVersion names a draft of devfile 1.0.0, which is read as that';
  const hint = 'Write `apiVersion: 1.0.0`.';
  problems.push({ ...said, code: 'devfile.old-words', path: ['specVersion'], at: 'key', message, hint });
  draft.rename(['specVersion'], 'apiVersion');
  draft.set(['apiVersion'], '1.0.0');
  const { name } = document;
  if (name === undefined || document['metadata'] !== undefined) return;
  problems.push({
    ...said,
    code: 'devfile.old-words',
    path: ['name'],
    at: 'key',
    message: 'name stands alone, as in drafts of the format',
    hint: 'Write it below `metadata:`.',
  });
  draft.set(['metadata'], Object.assign(Object.create(null), { name }));
  draft.remove(['name']);
}

function keysOf(value: unknown): string[] {
  return isMap(value) ? Object.keys(value) : [];
}
