import { resolveImageGroup, resolveImageUser } from '../images/oci/image-user.ts';
import type { ContainerSpec } from '../plan/container-spec.ts';

/** The spec with its user and groups as numbers, names looked up in the image. Throws IMAGE_REFUSED. */
export function lookUpUser(
  spec: ContainerSpec,
  stateFolder: string,
  image: { readonly layers: readonly string[] },
): ContainerSpec {
  const { userText, groups } = spec;
  if (userText === undefined && groups === undefined) return spec;
  const layers = image.layers.map((digest) => `${stateFolder}/images/layers/${digest.replace('sha256:', '')}`);
  const [uid, gid] = (userText === undefined ? [] : resolveImageUser(userText, layers).split(':')).map(Number);
  return {
    ...spec,
    ...(uid === undefined || gid === undefined ? {} : { user: { uid, gid } }),
    ...(groups === undefined ? {} : { groups: groups.map((group) => resolveImageGroup(group, layers)) }),
  };
}
