import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDefaultOfGroup, readDevfile } from '@devstead/devfile';
import { expect, it } from 'vitest';
import { findRemains, takeInventory } from './machine-inventory.ts';
import type { ScenarioHome } from './scenario-home.ts';
import { waitUntil } from './wait-until.ts';

/** A stack of the public registry, with an application of ours in place of its starter project. */
export interface PublicStack {
  /** Folder below `registry/stacks` of the corpus. */
  readonly stack: string;
  /** Folder of `fixtures/public-stacks` with the sources. */
  readonly sources: string;
  /** What the application serves: text to find, by path. */
  readonly serves: Readonly<Record<string, string>>;
}

/** The stacks of the registry that need nothing but Python or Node.js, in their default version or the newest one. */
export const publicStacks: readonly PublicStack[] = [
  { stack: 'python/2.2.0', sources: 'python', serves: { '/': 'served by flask' } },
  { stack: 'python/3.1.0', sources: 'python', serves: { '/': 'served by flask' } },
  { stack: 'python-django', sources: 'python-django', serves: { '/': 'served by django' } },
  { stack: 'nodejs/2.2.1', sources: 'nodejs', serves: { '/': 'served by express' } },
  {
    stack: 'nodejs-react/2.2.1',
    sources: 'nodejs-react',
    serves: { '/': 'served by react', '/src/main.jsx': 'jsxDEV("p"' },
  },
  {
    stack: 'nodejs-vue/1.2.1',
    sources: 'nodejs-vue',
    serves: { '/': 'served by vue', '/src/App.vue': 'createElementBlock' },
  },
  {
    stack: 'nodejs-svelte/1.2.1',
    sources: 'nodejs-svelte',
    serves: { '/': 'served by svelte', '/src/App.svelte': 'SvelteComponentDev' },
  },
  { stack: 'nodejs-nextjs/1.2.1', sources: 'nodejs-nextjs', serves: { '/': 'served by next' } },
  { stack: 'nodejs-nuxtjs/1.2.1', sources: 'nodejs-nuxtjs', serves: { '/': 'served by nuxt' } },
  {
    stack: 'nodejs-angular/2.2.1',
    sources: 'nodejs-angular',
    serves: { '/': 'served by angular', '/main.js': 'served by angular' },
  },
];

const corpus = fileURLToPath(new URL('../../../../shared/corpus/registry/stacks/', import.meta.url));
const minuteMs = 60_000;

/** All other versions of the same stacks that the registry has. */
export function listOtherVersions(): readonly PublicStack[] {
  const bySources = new Map(publicStacks.map((stack) => [stack.sources, stack]));
  return [...bySources.values()].flatMap((stack) => {
    const folder = join(corpus, stack.sources);
    if (!existsSync(folder)) return [];
    const versions = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return versions
      .map(({ name }) => ({ ...stack, stack: `${stack.sources}/${name}` }))
      .filter((other) => !publicStacks.some(({ stack: name }) => name === other.stack));
  });
}

/** Registers a test for each stack, and one that is skipped where the corpus they are taken from is not there. */
export function describeStacks(stacks: readonly PublicStack[], home: () => ScenarioHome): void {
  const isThere = existsSync(corpus);
  it.skipIf(!isThere)('the corpus of public stacks lies beside this repository', () => {
    expect(readdirSync(corpus)).toEqual(expect.arrayContaining(['nodejs', 'python']));
  });
  it.each(isThere ? stacks : [])(
    '$stack must start, install, serve and go without leaving anything',
    async (stack) => tryStack(stack, home()),
    6 * minuteMs,
  );
}

interface UpResult {
  readonly workspace: { readonly id: string };
  readonly addresses: readonly { readonly url: string }[];
}

async function tryStack({ stack, sources, serves }: PublicStack, home: ScenarioHome) {
  const cwd = home.copyFixture(`public-stacks/${sources}`, stack.replace('/', '-'));
  cpSync(join(corpus, stack, 'devfile.yaml'), join(cwd, 'devfile.yaml'));
  const { build, run } = await readDefaults(join(cwd, 'devfile.yaml'));
  const before = takeInventory(home);
  const up = await home.runWell(['up', '--output', 'json'], { cwd });
  const { addresses, workspace } = JSON.parse(up.stdout) as UpResult;
  expect(addresses).toHaveLength(1);
  // The platform these stacks were written for puts TLS in front of what is plain HTTP in the container.
  const address = (addresses[0]?.url ?? '').replace('https:', 'http:');

  await home.runWell(['run', build], { cwd, timeoutMs: 4 * minuteMs });
  const server = home.start(['run', run], { cwd, timeoutMs: 3 * minuteMs });
  for (const [path, text] of Object.entries(serves)) {
    const ask = (): Promise<boolean> => fetchText(`${address}${path}`).then((page) => page.includes(text));
    const ended = server.finished.then(({ code }) => Promise.reject(new Error(`it ended with ${code}`)));
    await Promise.race([waitUntil(`${text} at ${path}`, ask, 2 * minuteMs), ended]).catch((error: unknown) => {
      throw new Error(`${run} said:\n${server.output}`, { cause: error });
    });
  }
  server.child.kill('SIGINT');
  await server.finished;
  await home.runWell(['down', '--volumes'], { cwd });
  // Installing takes long enough for others on this machine to come and go: what they leave does not count.
  const isOthers = (line: string): boolean =>
    /^(?:mount|control group) /.test(line) && !line.includes(workspace.id) && !line.includes(home.root);
  expect(await findRemains(home, before, isOthers)).toEqual([]);
}

function fetchText(url: string): Promise<string> {
  return fetch(url, { signal: AbortSignal.timeout(20_000) }).then(
    (response) => response.text(),
    (error: unknown) => String(error),
  );
}

/** The default commands of a devfile's groups. A stack may name its run command `build`, so groups do not do. */
async function readDefaults(file: string): Promise<{ readonly build: string; readonly run: string }> {
  const { devfile } = await readDevfile(readFileSync(file, 'utf8'), { file });
  const find = (kind: string): string => {
    const found = devfile?.commands?.find(({ exec }) => exec?.group?.kind === kind && isDefaultOfGroup(exec.group));
    if (found === undefined) throw new Error(`${file} has no default command to ${kind}`);
    return found.id;
  };
  return { build: find('build'), run: find('run') };
}
