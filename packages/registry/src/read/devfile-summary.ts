import type { IndexEntry, IndexVersion, StarterReference } from '../types.ts';
import { type DocumentMap, type Report, readDocument } from './document.ts';
import { present } from './present.ts';

/** What the index takes from a devfile. */
export interface DevfileSummary {
  readonly document: DocumentMap;
  /** Of `metadata`; an empty map where there is none. */
  readonly metadata: DocumentMap | undefined;
  readonly name?: string;
  readonly version?: string;
  readonly schemaVersion: string;
  /** The members of a version. */
  readonly ofVersion: Omit<IndexVersion, 'version' | 'schemaVersion' | 'links' | 'resources'>;
  /** The members of a stack that has none of its own. */
  readonly ofStack: Pick<
    IndexEntry,
    'displayName' | 'description' | 'icon' | 'projectType' | 'language' | 'provider' | 'supportUrl'
  >;
  readonly starters: readonly StarterReference[];
}

const groupKinds = ['build', 'debug', 'deploy', 'run', 'test'] as const;

/** Reads of a devfile's text what the index tells; its rules are judged elsewhere. */
export function summariseDevfile(text: string, file: string, report: Report): DevfileSummary | undefined {
  const document = readDocument(text, file, report);
  if (document === undefined) return undefined;
  const metadata = document.readMap('metadata');
  const starters = document.readMaps('starterProjects').flatMap(readStarter);
  const read = (key: string): string | undefined => metadata?.readText(key);
  return {
    document,
    metadata,
    schemaVersion: document.readText('schemaVersion') ?? '',
    ...present({ name: read('name'), version: read('version') }),
    ofVersion: present({
      description: read('description'),
      tags: metadata?.readTexts('tags'),
      architectures: metadata?.readTexts('architectures'),
      icon: read('icon'),
      commandGroups: readGroups(document),
      deploymentScopes: metadata?.readBooleanMap('deploymentScopes'),
      starterProjects: starters.map(({ name }) => name),
    }),
    ofStack: present({
      displayName: read('displayName'),
      description: read('description'),
      icon: read('icon'),
      projectType: read('projectType'),
      language: read('language'),
      provider: read('provider'),
      supportUrl: read('supportUrl'),
    }),
    starters,
  };
}

function readGroups(document: DocumentMap): Readonly<Record<string, boolean>> {
  const groups: Record<string, boolean> = Object.fromEntries(groupKinds.map((kind) => [kind, false]));
  for (const command of document.readMaps('commands')) {
    for (const type of ['exec', 'apply', 'composite']) {
      const kind = command.readMap(type)?.readMap('group')?.readText('kind');
      if (kind !== undefined && kind in groups) groups[kind] = true;
    }
  }
  return groups;
}

function readStarter(map: DocumentMap): StarterReference[] {
  const name = map.readText('name');
  if (name === undefined) return [];
  const git = map.readMap('git');
  const checkout = git?.readMap('checkoutFrom');
  const location = map.readMap('zip')?.readText('location');
  return [
    present({
      name,
      description: map.readText('description'),
      subDir: map.readText('subDir'),
      git:
        git === undefined
          ? undefined
          : present({
              remotes: git.readTextMap('remotes') ?? {},
              remote: checkout?.readText('remote'),
              revision: checkout?.readText('revision'),
            }),
      zip: location === undefined ? undefined : { location },
    }),
  ];
}
