import type { ImageComponent } from '@devstead/devfile';
import { joinPath } from '../../from-compose/values/paths.ts';
import type { Container } from '../../types.ts';
import type { Losses } from '../losses.ts';
import { relativePath } from '../text/relative-path.ts';
import type { ExportedFile, ExportSource } from '../types.ts';

interface MadeImage {
  readonly component: ImageComponent;
  /** A Dockerfile that stands in the source itself. */
  readonly files: readonly ExportedFile[];
}

/** The image component that builds a service's image, with paths relative to the devfile; undefined without a build. */
export function makeImage(
  { name, image, service }: Container,
  source: ExportSource,
  losses: Losses,
): MadeImage | undefined {
  const build = service?.build;
  if (build === undefined) return undefined;
  const { context, dockerfile, dockerfileInline, target, args } = build;
  const path = `containers.${name}.service.build`;
  if (!context.startsWith('/')) {
    losses.drop(path, `${name} is not built: its context ${context} is no folder of this machine.`);
    return undefined;
  }
  const inline = dockerfileInline === undefined ? undefined : `${name}.Dockerfile`;
  const uri = inline ?? relativePath(source.folder, joinPath(context, dockerfile ?? 'Dockerfile'));
  const component: ImageComponent = {
    imageName: image,
    autoBuild: true,
    dockerfile: {
      uri,
      buildContext: relativePath(source.folder, context),
      ...(target === undefined && args.length === 0
        ? {}
        : {
            args: [
              ...(target === undefined ? [] : [`--target=${target}`]),
              ...args.map((argument) => `--build-arg=${argument.name}=${argument.value}`),
            ],
          }),
    },
  };
  const files = inline === undefined ? [] : [{ path: inline, text: dockerfileInline ?? '' }];
  return { component, files };
}
