import { isAbsolute, join } from 'node:path';
import type { Container, Environment } from '@devstead/environment';
import type { Diagnostic } from '@devstead/kit';
import type { BuildOrder } from '@devstead/runtime/builds';

/** A service's image that is built, and how. */
export interface ServiceBuildOrder {
  readonly service: string;
  readonly order: Omit<BuildOrder, 'secrets'>;
  /** Secrets of the project by the id that steps name. */
  readonly secrets: readonly { readonly id: string; readonly source: string }[];
}

/** What becomes of the services that have a `build` (Compose Build Specification). */
export interface BuildOrders {
  readonly orders: readonly ServiceBuildOrder[];
  /** `compose.not-built` for what cannot be built from. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads how the images of services are built. Services that share an image share its build. */
export function readBuildOrders({
  containers,
  provenance,
}: Pick<Environment, 'containers' | 'provenance'>): BuildOrders {
  const orders: ServiceBuildOrder[] = [];
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const container of containers) {
    const { name, image, service } = container;
    const build = service?.build;
    if (build === undefined || seen.has(image)) continue;
    seen.add(image);
    const strange = [build.context, ...(build.contexts ?? []).map(({ value }) => value)].find(
      (one) => !isAbsolute(one),
    );
    if (strange !== undefined) {
      diagnostics.push(describeStrange(container, strange, provenance));
      continue;
    }
    const toMap = (list: readonly { readonly name: string; readonly value: string }[] = []): Map<string, string> =>
      new Map(list.map((one) => [one.name, one.value]));
    const { dockerfile, dockerfileInline } = build;
    orders.push({
      service: name,
      secrets: build.secrets ?? [],
      order: {
        context: build.context,
        reference: image,
        ...(dockerfile === undefined
          ? {}
          : { dockerfile: isAbsolute(dockerfile) ? dockerfile : join(build.context, dockerfile) }),
        ...(dockerfileInline === undefined
          ? {}
          : { inline: dockerfileInline, shownFile: `dockerfile_inline of ${name}` }),
        target: build.target,
        args: toMap(build.args),
        labels: toMap(build.labels),
        contexts: toMap(build.contexts),
        network: build.network === 'none' || build.network === 'host' ? build.network : 'default',
        isFresh: build.noCache === true,
        pulls: build.pull === true,
        addHosts: (build.extraHosts ?? []).map((host) => host.replace('=', ':')),
        tags: build.tags ?? [],
      },
    });
  }
  return { orders, diagnostics };
}

function describeStrange(
  { name, image }: Container,
  context: string,
  provenance: Environment['provenance'],
): Diagnostic {
  const place = provenance[`containers.${name}.service.build.context`]?.find(({ line }) => line !== undefined);
  return {
    code: 'compose.not-built',
    severity: 'error',
    message: `the image ${image} of ${name} is not built: ${context} is no folder of this machine`,
    path: `services.${name}.build`,
    ...(place?.file === undefined ? {} : { file: place.file }),
    ...(place?.line === undefined ? {} : { line: place.line }),
    ...(place?.column === undefined ? {} : { column: place.column }),
    hint: `Fetch it into a folder, or import the image: devstead image import FILE --name ${image}`,
  };
}
