import type { PrivateEngine } from '../engines/private-engine.ts';

interface Labelled {
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly Labels: Readonly<Record<string, string>> | null;
}

const workspaceLabel = 'dev.devstead.workspace';

/** What an engine has of workspaces, each thing as a line: containers, networks and volumes by their label, layers. */
export async function listEngineRemains(engine: PrivateEngine): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [workspaceLabel] }));
  const [containers, networks, volumes, images] = await Promise.all([
    engine.ask(`/containers/json?all=1&filters=${filters}`) as Promise<readonly Labelled[]>,
    engine.ask(`/networks?filters=${filters}`) as Promise<readonly Labelled[]>,
    engine.ask(`/volumes?filters=${filters}`) as Promise<{ Volumes: readonly Labelled[] | null }>,
    engine.ask('/images/json') as Promise<readonly { RepoTags: readonly string[] | null }[]>,
  ]);
  const lines = (kind: string, all: readonly Labelled[]): string[] =>
    all.map(({ Name, Names, Labels }) => `${kind} ${Labels?.['dev.devstead.name'] ?? Name ?? Names?.join(' ') ?? ''}`);
  const layers = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.includes('devstead-layer/'));
  return [
    ...lines('container', containers),
    ...lines('network', networks),
    ...lines('volume', volumes.Volumes ?? []),
    ...layers.map((tag) => `layer ${tag}`),
  ];
}
