import { rebaseUri } from './resolve-address.ts';
import { isMap, joinList, joinMap, openChild, openList, openMap, type Traced } from './trace.ts';

/** Addresses in components that are relative to the file they stand in. */
const uriPaths = [
  ['kubernetes', 'uri'],
  ['openshift', 'uri'],
  ['image', 'dockerfile', 'uri'],
];

/**
 * What an imported devfile brings, its relative addresses as they read from the devfile that imports it. Nothing is copied
 * from beside it.
 */
export function rebaseUris(content: Traced, origin: string | undefined, base: string | undefined): Traced {
  const components = openChild(content, 'components');
  const elements = openList(components);
  if (elements.length === 0 || origin === base) return content;
  const moved = elements.map((element) =>
    uriPaths.reduce((result, path) => changeText(result, path, (uri) => rebaseUri(uri, origin, base)), element),
  );
  const fields = new Map([...openMap(content), ['components', joinList(moved, components.trace.places)] as const]);
  return joinMap(fields, content.trace.places);
}

function changeText(value: Traced, path: readonly string[], change: (text: string) => string): Traced {
  const [step, ...rest] = path;
  if (step === undefined) {
    return typeof value.value === 'string' ? { ...value, value: change(value.value) } : value;
  }
  if (!isMap(value.value) || value.value[step] === undefined) return value;
  const child = changeText(openChild(value, step), rest, change);
  return joinMap(new Map([...openMap(value), [step, child] as const]), value.trace.places);
}
