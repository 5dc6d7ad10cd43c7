import { isMap, joinList, joinMap, openChild, openList, openMap, type Place, type Traced } from './trace.ts';

/** The lists whose elements tools of the format sign; dependent projects they leave out. */
const signedLists = ['components', 'commands', 'projects', 'starterProjects'];

/** Writes into the attributes of every element where it came from, as tools of the format do. */
export function signElements(content: Traced, attribute: string, value: string, places: readonly Place[]): Traced {
  const fields = new Map(openMap(content));
  for (const list of signedLists) {
    const part = fields.get(list);
    if (part === undefined) continue;
    const elements = openList(part).map((element) =>
      isMap(element.value) ? setAttribute(element, attribute, { value, trace: { places } }) : element,
    );
    fields.set(list, joinList(elements, part.trace.places));
  }
  return joinMap(fields, content.trace.places);
}

/** The element with one attribute more, after its name. */
export function setAttribute(element: Traced, name: string, value: Traced): Traced {
  const attributes = openChild(element, 'attributes');
  const fields = new Map(openMap(element));
  const entries = new Map([...openMap(attributes), [name, value] as const]);
  fields.set(
    'attributes',
    joinMap(entries, attributes.value === undefined ? value.trace.places : attributes.trace.places),
  );
  return joinMap(fields, element.trace.places);
}
