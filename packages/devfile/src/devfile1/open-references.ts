import { type ImportRun, openText } from '../flatten/open-import.ts';
import { createPositions } from '../positions.ts';
import type { Source } from '../read-source.ts';
import type { DocumentPath } from '../types.ts';
import type { Action1, Component1, Devfile1 } from './types.ts';

/** What was read of what a devfile names, by the path of what names it: `components.2`, `commands.0.actions.0`. */
export type References = ReadonlyMap<string, ReferencedText>;

/** A text that a devfile names. */
export interface ReferencedText {
  readonly file: string;
  readonly text: string;
  readonly location?: string;
}

/**
 * Reads the manifests and the definitions of an editor's commands that a devfile 1.0.0 names by an address. What cannot be
 * read is noted in the run.
 */
export async function openReferences(
  run: ImportRun,
  source: Source,
  { components = [], commands = [] }: Devfile1,
  toFilePath: (path: DocumentPath) => DocumentPath,
): Promise<References> {
  const texts = new Map<string, ReferencedText>();
  const open = async (path: DocumentPath, what: string, address: string): Promise<void> => {
    const reference = { source, path: toFilePath([...path, 'reference']), what };
    const found = await openText(run, reference, address);
    if (found === undefined) return;
    const { file, text, location } = found;
    texts.set(path.join('.'), { file, text, location });
    const positions = createPositions({ text, file, readRoot: () => undefined });
    run.sources.push({ file, text, location, diagnostics: [], problems: [], positions });
  };
  for (const [index, component] of components.entries()) {
    if (needsManifest(component)) await open(['components', index], 'manifest', component.reference);
  }
  for (const [index, { actions }] of commands.entries()) {
    const [action] = actions;
    if (action !== undefined && needsDefinition(action)) {
      await open(['commands', index, 'actions', 0], 'definition', action.reference);
    }
  }
  return texts;
}

function needsManifest(component: Component1): component is Component1 & { readonly reference: string } {
  const { type, reference, referenceContent } = component;
  return (type === 'kubernetes' || type === 'openshift') && reference !== undefined && referenceContent === undefined;
}

function needsDefinition(action: Action1): action is Action1 & { readonly reference: string } {
  return action.reference !== undefined && action.referenceContent === undefined;
}
