import type { Devfile } from '../types.ts';
import { expandVariables } from '../variables.ts';
import { type ImportRun, openManifest } from './open-import.ts';
import { setAttribute } from './provenance-attributes.ts';
import { findPlaces, joinList, joinMap, openChild, openList, openMap, type Traced } from './trace.ts';

const originalUri = 'api.devfile.io/k8sLikeComponent-originalURI';

/**
 * The devfile with the manifests that its components name by `uri` read into `inlined`; the address stays as an attribute
 * (devfile-v2 1.3, step 8). One that cannot be read stays as it is, and its problem is noted in the run.
 */
export async function inlineManifests(
  run: ImportRun,
  content: Traced,
  variables: ReadonlyMap<string, string>,
): Promise<Traced> {
  const components = openChild(content, 'components');
  const elements = openList(components);
  const inlined: Traced[] = [];
  for (const element of elements) inlined.push(await inlineManifest(run, element, variables));
  if (inlined.every((element, index) => element === elements[index])) return content;
  const fields = new Map([...openMap(content), ['components', joinList(inlined, components.trace.places)] as const]);
  return joinMap(fields, content.trace.places);
}

async function inlineManifest(
  run: ImportRun,
  element: Traced,
  variables: ReadonlyMap<string, string>,
): Promise<Traced> {
  const component = element.value as NonNullable<Devfile['components']>[number];
  const kind = (['kubernetes', 'openshift'] as const).find((one) => component[one]?.uri !== undefined);
  const uri = kind === undefined ? undefined : component[kind]?.uri;
  const place = kind === undefined ? undefined : findPlaces(element.trace, [kind, 'uri'])[0];
  if (kind === undefined || uri === undefined || place === undefined) return element;
  const text = await openManifest(
    run,
    place.source,
    place.path,
    expandVariables(uri, variables),
    run.sources[0]?.location,
  );
  if (text === undefined) return element;
  const manifest = openChild(element, kind);
  const origin = openChild(manifest, 'uri');
  const fields = openMap(manifest).map(([key, value]): [string, Traced] =>
    key === 'uri' ? ['inlined', { value: text, trace: { places: origin.trace.places } }] : [key, value],
  );
  const changed = new Map([...openMap(element), [kind, joinMap(fields, manifest.trace.places)] as const]);
  return setAttribute(joinMap(changed, element.trace.places), originalUri, origin);
}
