import { isAbsolute, join } from 'node:path';
import type { Container, Environment } from '@devstead/environment';
import { AppError, type Diagnostic } from '@devstead/kit';
import { type BuildOrder, machinePlatform, readContextAddress, renderPlatform } from '@devstead/runtime/builds';

/** A service's image that is built, and how. */
export interface ServiceBuildOrder {
  readonly service: string;
  readonly order: Omit<BuildOrder, 'secrets' | 'keys'>;
  /** Secrets of the project by the id that steps name. */
  readonly secrets: readonly { readonly id: string; readonly source: string }[];
  /** SSH keys, each as `--ssh` takes them. */
  readonly keys: readonly string[];
}

/** What becomes of the services that have a `build` (Compose Build Specification). */
export interface BuildOrders {
  /** What others are built from stands before them. */
  readonly orders: readonly ServiceBuildOrder[];
  /** `compose.not-built` for what cannot be built from, `compose.built-otherwise` for what is without effect. */
  readonly diagnostics: readonly Diagnostic[];
}

interface OrdersInput extends Pick<Environment, 'containers' | 'provenance'> {
  /** All services of the project; their images may be contexts. Default: those that are built. */
  readonly all?: readonly Container[];
}

type Build = NonNullable<NonNullable<Container['service']>['build']>;

/** Reads how the images of services are built. Services that share an image share its build. */
export function readBuildOrders({ containers, provenance, all = containers }: OrdersInput): BuildOrders {
  const orders: ServiceBuildOrder[] = [];
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  const add = (container: Container): void => {
    const { image, service } = container;
    const build = service?.build;
    if (build === undefined || seen.has(image)) return;
    seen.add(image);
    for (const name of listBuiltFrom(build)) {
      const other = containers.find((one) => one.name === name);
      if (other !== undefined) add(other);
    }
    const found = judgeBuild(container, build, { provenance, all });
    diagnostics.push(...found);
    if (!found.some(({ severity }) => severity === 'error')) orders.push(describeOrder(container, build, all));
  };
  for (const container of containers) add(container);
  return { orders, diagnostics };
}

/** Names of the services whose images a build has as contexts. */
export function listBuiltFrom({ contexts = [] }: Build): string[] {
  return contexts.flatMap(({ value }) => (value.startsWith('service:') ? [value.slice('service:'.length)] : []));
}

function describeOrder({ name, image }: Container, build: Build, all: readonly Container[]): ServiceBuildOrder {
  const toMap = (list: readonly { readonly name: string; readonly value: string }[] = []): Map<string, string> =>
    new Map(list.map((one) => [one.name, one.value]));
  const { dockerfile, dockerfileInline, context } = build;
  // Of a repository it is one of its own files.
  const isNamedFrom = dockerfile === undefined || isAbsolute(dockerfile) || !isAbsolute(context);
  return {
    service: name,
    secrets: build.secrets ?? [],
    keys: (build.ssh ?? []).map(({ id, path }) => (path === undefined ? id : `${id}=${path}`)),
    order: {
      context,
      reference: image,
      ...(dockerfile === undefined ? {} : { dockerfile: isNamedFrom ? dockerfile : join(context, dockerfile) }),
      ...(dockerfileInline === undefined
        ? {}
        : { inline: dockerfileInline, shownFile: `dockerfile_inline of ${name}` }),
      target: build.target,
      args: toMap(build.args),
      labels: toMap(build.labels),
      contexts: new Map([...toMap(build.contexts)].map(([key, value]) => [key, toContext(value, all)])),
      network: build.network === 'none' || build.network === 'host' ? build.network : 'default',
      isFresh: build.noCache === true,
      pulls: build.pull === true,
      addHosts: (build.extraHosts ?? []).map((host) => host.replace('=', ':')),
      tags: build.tags ?? [],
      shmSizeBytes: build.shmSizeBytes,
      ulimits: build.ulimits ?? [],
    },
  };
}

/** A service's image is one like any other. */
function toContext(value: string, all: readonly Container[]): string {
  const service = all.find(({ name }) => value === `service:${name}`);
  return service === undefined ? value : `docker-image://${service.image}`;
}

function judgeBuild(
  { name, image }: Container,
  build: Build,
  { provenance, all }: Required<Pick<OrdersInput, 'provenance' | 'all'>>,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const tell = (key: string, message: string, more: Pick<Diagnostic, 'code' | 'severity' | 'hint'>): void => {
    const path = `containers.${name}.service.build`;
    const places = [...(provenance[`${path}.${key}`] ?? []), ...(provenance[`${path}.context`] ?? [])];
    const { file, line, column } = places.find((origin) => origin.line !== undefined) ?? {};
    found.push({
      ...more,
      message,
      path: `services.${name}.build`,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    });
  };
  const contexts = (build.contexts ?? []).map(
    ({ name: key, value }) => [`contexts.${key}`, toContext(value, all)] as const,
  );
  for (const [key, context] of [['context', build.context] as const, ...contexts]) {
    try {
      readContextAddress(context);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      tell(key, `the image ${image} of ${name} is not built: ${error.message}`, {
        code: 'compose.not-built',
        severity: 'error',
        hint: error.hint ?? '',
      });
    }
  }
  const { platforms = [], network } = build;
  const own = renderPlatform(machinePlatform());
  if (platforms.length > 0 && !platforms.some((one) => one === own || one.startsWith(`${own}/`)))
    tell('platforms', `the image ${image} of ${name} is not built: this machine makes images for ${own} only`, {
      code: 'compose.not-built',
      severity: 'error',
      hint: `Add ${own} to platforms, or pull an image that was built elsewhere.`,
    });
  else if (platforms.length > 1)
    tell('platforms', `the image ${image} of ${name} is built for ${own} alone`, {
      code: 'compose.built-otherwise',
      severity: 'warning',
      hint: 'Nothing, if it is used on this machine only.',
    });
  if (network !== undefined && !['default', 'none', 'host'].includes(network))
    tell('network', `steps of the build of ${name} are not in the network ${network}: they reach the internet alone`, {
      code: 'compose.built-otherwise',
      severity: 'warning',
      hint: 'There are default, none and host.',
    });
  return found;
}
