import { joinPath } from '../from-compose/values/paths.ts';
import { readBuildWords, splitPair } from '../read-build-words.ts';
import type { Losses } from './losses.ts';
import { relativePath } from './text/relative-path.ts';
import type { ExportSource } from './types.ts';

interface ImageBuild {
  /** Relative to the written file. */
  readonly context: string;
  readonly dockerfile?: string;
  readonly target?: string;
  readonly args?: Readonly<Record<string, string>>;
}

interface Scope {
  readonly source: ExportSource;
  readonly losses: Losses;
  readonly writePath: (path: string) => string;
}

/** How the image of a container is built, where the devfile has an image component of that name with a Dockerfile beside it. */
export function findImageBuild(image: string, { source, losses, writePath }: Scope): ImageBuild | undefined {
  const components = source.devfile?.components ?? [];
  const index = components.findIndex((component) => component.image?.imageName === image);
  const dockerfile = components[index]?.image?.dockerfile;
  const { uri, buildContext, args } = { ...dockerfile };
  if (typeof uri !== 'string' || /^[a-z][a-z0-9+.-]*:/i.test(uri)) return undefined;
  const words = Array.isArray(args) ? args.filter((word) => typeof word === 'string') : [];
  const { args: pairs, target, others } = readBuildWords(words);
  if (others.length > 0) {
    const at = ['components', index, 'image', 'dockerfile', 'args'];
    losses.dropAt(at, `The build of ${image} is without ${others.join(' ')}.`);
  }
  const context = typeof buildContext === 'string' && buildContext !== '' ? buildContext : '.';
  const contextPath = joinPath(source.folder, context);
  const dockerfilePath = joinPath(source.folder, uri);
  return {
    context: writePath(contextPath),
    // A Dockerfile is named relative to the context.
    ...(dockerfilePath === joinPath(contextPath, 'Dockerfile')
      ? {}
      : { dockerfile: relativePath(contextPath, dockerfilePath) }),
    ...(target === undefined ? {} : { target }),
    ...(pairs.length === 0 ? {} : { args: Object.fromEntries(pairs.map(splitPair)) }),
  };
}
