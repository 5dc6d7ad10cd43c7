import { readFileSync } from 'node:fs';
import type { Container, Environment } from '@devstead/environment';
import { AppError, hasErrors } from '@devstead/kit';
import type { BuildSecret } from '@devstead/runtime/builds';
import { listRecipes, nameImage, openStore, parseReference, standInFor } from '@devstead/runtime/images';
import { formatBytes } from '../../format-amount.ts';
import type { Io } from '../../io.ts';
import type { Settings } from '../../settings.ts';
import { showDiagnostics } from '../show-diagnostics.ts';
import type { ServiceBuildOrder } from './build-orders.ts';

/** When images of services are built. */
export interface BuildMode {
  /** `missing`: those that the store does not have, as `up` needs them. `all`: every one; what did not change costs little. */
  readonly which: 'missing' | 'all';
  readonly isFresh?: boolean;
  readonly pulls?: boolean;
  /** Values that win over those of the project. */
  readonly args?: ReadonlyMap<string, string>;
}

/**
 * Builds the images of services that have a `build`, one after the other, and shows each. Returns how many were looked at.
 * Throws COMPOSE_INVALID for what cannot be built from, and what builds throw.
 */
export async function buildServices(
  io: Io,
  settings: Settings,
  environment: Environment,
  containers: readonly Container[],
  mode: BuildMode,
): Promise<number> {
  if (!containers.some(({ service }) => service?.build !== undefined)) return 0;
  // What starts need no build does not pay for what reads Dockerfiles.
  const { listBuiltFrom, readBuildOrders } = await import('./build-orders.ts');
  const all = environment.containers;
  const wanted = new Set(containers.map(({ name }) => name));
  for (const name of wanted) {
    const build = all.find((one) => one.name === name)?.service?.build;
    for (const other of build === undefined ? [] : listBuiltFrom(build)) wanted.add(other);
  }
  const chosen = all.filter(({ name }) => wanted.has(name));
  const needed = mode.which === 'all' ? chosen : await selectMissing(settings, chosen);
  const { orders, diagnostics } = readBuildOrders({ containers: needed, provenance: environment.provenance, all });
  if (diagnostics.length > 0) io.stderr.write(showDiagnostics(io, diagnostics, io.stderr));
  if (hasErrors(diagnostics)) throw new AppError('COMPOSE_INVALID', 'an image of the project cannot be built here');
  for (const one of orders) await buildService(io, settings, environment, one, mode);
  return orders.length;
}

async function buildService(
  io: Io,
  settings: Settings,
  environment: Environment,
  { service, order, secrets, keys }: ServiceBuildOrder,
  mode: BuildMode,
): Promise<void> {
  const { buildDockerfile } = await import('@devstead/runtime/builds');
  const { showBuild } = await import('../../images/dockerfile/build-events.ts');
  const { readEpoch } = await import('../../images/dockerfile/read-epoch.ts');
  const { readKeys } = await import('../../images/dockerfile/read-keys.ts');
  io.stderr.write(`  ${service}  building ${order.reference}\n`);
  const { record, isNew } = await buildDockerfile(
    {
      ...order,
      args: new Map([...(order.args ?? []), ...(mode.args ?? [])]),
      isFresh: order.isFresh === true || mode.isFresh === true,
      pulls: order.pulls === true || mode.pulls === true,
      secrets: secrets.map((secret) => readSecret(secret, environment, io)),
      keys: readKeys(keys, io),
      epoch: readEpoch(io.env['SOURCE_DATE_EPOCH']),
    },
    settings,
    showBuild(io, 'text'),
    io.signal,
  );
  io.stderr.write(
    `  ${service}  ${order.reference} ${isNew ? 'built' : 'is up to date'}  ${formatBytes(record.sizeBytes)}\n`,
  );
}

/** Those whose image the store does not have, unless the configuration names a recipe for it. */
async function selectMissing(settings: Settings, containers: readonly Container[]): Promise<readonly Container[]> {
  const store = openStore(settings.stateFolder);
  const rows = Object.entries(settings.rewrites).map(([image, recipe]) => ({ image, recipe }));
  const recipes = rows.length === 0 ? [] : await listRecipes();
  return containers.filter(({ image, service }) => {
    if (service?.build === undefined) return false;
    if (service.pullPolicy === 'build') return true;
    if (standInFor(image, recipes, rows)?.isConfigured === true) return false;
    const reference = parseReference(image);
    return reference === undefined || store.read(nameImage(reference))?.origin === undefined;
  });
}

function readSecret(
  { id, source }: { readonly id: string; readonly source: string },
  { secrets = [] }: Environment,
  io: Io,
): BuildSecret {
  const object = secrets.find(({ name }) => name === source);
  const variable = object?.variable === undefined ? undefined : io.env[object.variable];
  const text = object?.content ?? variable;
  if (text !== undefined) return { id, content: Buffer.from(text) };
  if (object?.file === undefined)
    throw new AppError('COMPOSE_INVALID', `the secret ${source} of a build has no value`, {
      hint: 'Give it a file or a variable that is set: secrets.NAME.file or secrets.NAME.environment.',
    });
  try {
    return { id, content: readFileSync(object.file) };
  } catch (error) {
    throw new AppError('UNREADABLE_INPUT', `cannot read the secret ${object.file}`, { cause: error });
  }
}
