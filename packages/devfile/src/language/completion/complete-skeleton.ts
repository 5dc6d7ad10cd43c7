import { schemaVersions } from '../../schema-version.ts';
import type { LanguageDocument } from '../open-document.ts';
import type { CompletionContext } from './find-context.ts';
import { putIn } from './put-in.ts';
import type { CompletionItem } from './types.ts';

/** A whole devfile where there is none yet. */
export function completeSkeleton(document: LanguageDocument, context: CompletionContext): CompletionItem[] {
  if (document.isJson || document.tree?.kind === 'map') return [];
  const text = [
    `schemaVersion: ${schemaVersions.at(-1)}`,
    'metadata:',
    '  name: ${1:my-project}',
    'components:',
    '  - name: ${2:dev}',
    '    container:',
    '      image: ${3:image}',
    'commands:',
    '  - id: ${4:run}',
    '    exec:',
    '      component: ${2:dev}',
    '      commandLine: $5',
    '      workingDir: \\${PROJECT_SOURCE\\}',
    '      group:',
    '        kind: run',
    '        isDefault: true',
    '',
  ].join('\n');
  return [
    putIn(document, context, {
      label: 'devfile',
      kind: 'snippet',
      detail: 'a container and a command',
      text,
      isSnippet: true,
      rank: 0,
    }),
  ];
}
