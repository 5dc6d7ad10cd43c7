import type { ContainerSpec } from '../plan/container-spec.ts';
import { lookUpUser } from '../running/look-up-user.ts';
import { readImage } from '../state/image-records.ts';
import type { ContainerContext } from './container-context.ts';
import { chooseUser } from './describe-container.ts';

/** A spec with the user and groups that the container has at this engine, as numbers. Throws IMAGE_NOT_FOUND. */
export async function resolveUser(context: ContainerContext, spec: ContainerSpec): Promise<ContainerSpec> {
  const { settings, paths } = context;
  const { readWorkspace } = await import('../workspace/workspace-record.ts');
  const folder = readWorkspace(settings.stateFolder, context.id)?.record.folder;
  const sources = [paths.projects, ...(folder === undefined ? [] : [folder])];
  const known = lookUpUser(spec, settings.stateFolder, readImage(settings.stateFolder, spec.imageName));
  return chooseUser(known, sources, await context.capabilities());
}
