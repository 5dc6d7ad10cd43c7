import type { Container, Environment } from '@devstead/environment';
import type { Diagnostic } from '@devstead/kit';
import type { ServiceImage } from './find-service-image.ts';

/** What becomes of the services that have a `build`. */
export interface JudgedBuilds {
  /** A line for each service whose image something stands in for. */
  readonly found: readonly { readonly service: string; readonly reason: string }[];
  /** `compose.not-built` for each other one. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Looks for what stands in for each image that would be built (Compose Build Specification). */
export function judgeBuilds(
  { containers, provenance }: Pick<Environment, 'containers' | 'provenance'>,
  find: (reference: string) => ServiceImage | undefined,
): JudgedBuilds {
  const built = containers.filter(({ service }) => service?.build !== undefined);
  const found = built.flatMap(({ name, image }) => {
    const stand = find(image);
    return stand === undefined ? [] : [{ service: name, reason: stand.reason }];
  });
  const isFound = ({ name }: Container): boolean => found.some(({ service }) => service === name);
  return {
    found,
    diagnostics: built.filter((one) => !isFound(one)).map((one) => describeMissing(one, provenance)),
  };
}

function describeMissing({ name, image, service }: Container, provenance: Environment['provenance']): Diagnostic {
  const { context = '.', dockerfile = 'Dockerfile', dockerfileInline } = service?.build ?? {};
  const path = `containers.${name}.service.build.context`;
  const place = provenance[path]?.find(({ line }) => line !== undefined);
  const source = dockerfileInline === undefined ? `${dockerfile} in ${context}` : 'its inline Dockerfile';
  return {
    code: 'compose.not-built',
    severity: 'error',
    message: `the image ${image} of ${name} is not built from ${source}: no local image and no recipe stands in for it`,
    path: `services.${name}.build`,
    ...(place?.file === undefined ? {} : { file: place.file }),
    ...(place?.line === undefined ? {} : { line: place.line }),
    ...(place?.column === undefined ? {} : { column: place.column }),
    hint: `Import an image built elsewhere (devstead image import FILE --name ${image}), or name a recipe: images.rewrite.`,
  };
}
