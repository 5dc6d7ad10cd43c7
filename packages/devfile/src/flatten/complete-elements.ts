import { isMap, joinList, joinMap, openChild, openList, openMap, type Traced } from './trace.ts';

/**
 * Fields that must be there, by the path of the map that has them. An override may replace the kind of an element and give
 * half of the new one; tools of the format then read nothing as an empty value, and so do we.
 */
const required: readonly (readonly [path: readonly string[], fields: Readonly<Record<string, unknown>>])[] = [
  [['components', '*', 'container'], { image: '' }],
  [['components', '*', 'container', 'env', '*'], { value: '' }],
  [['components', '*', 'container', 'endpoints', '*'], { targetPort: 0 }],
  [['components', '*', 'kubernetes', 'endpoints', '*'], { targetPort: 0 }],
  [['components', '*', 'openshift', 'endpoints', '*'], { targetPort: 0 }],
  [['components', '*', 'image'], { imageName: '' }],
  [['components', '*', 'image', 'dockerfile', 'git'], { remotes: {} }],
  [['commands', '*', 'exec'], { commandLine: '', component: '' }],
  [['commands', '*', 'exec', 'env', '*'], { value: '' }],
  [['commands', '*', 'exec', 'group'], { kind: '' }],
  [['commands', '*', 'apply'], { component: '' }],
  [['commands', '*', 'apply', 'group'], { kind: '' }],
  [['commands', '*', 'composite', 'group'], { kind: '' }],
  ...['projects', 'starterProjects', 'dependentProjects'].map((list) => [[list, '*', 'git'], { remotes: {} }] as const),
];

/** The content with the fields that every element must have; one that has them all is left as it is. */
export function completeElements(content: Traced): Traced {
  return required.reduce((result, [path, fields]) => completeAt(result, path, fields), content);
}

function completeAt(value: Traced, path: readonly string[], fields: Readonly<Record<string, unknown>>): Traced {
  const [step, ...rest] = path;
  if (step === undefined) return addMissing(value, fields);
  if (step === '*') {
    const elements = openList(value);
    const completed = elements.map((element) => completeAt(element, rest, fields));
    const isSame = completed.every((element, index) => element === elements[index]);
    return isSame ? value : joinList(completed, value.trace.places);
  }
  if (!isMap(value.value) || value.value[step] === undefined) return value;
  const child = openChild(value, step);
  const completed = completeAt(child, rest, fields);
  if (completed === child) return value;
  return joinMap(new Map([...openMap(value), [step, completed] as const]), value.trace.places);
}

function addMissing(value: Traced, fields: Readonly<Record<string, unknown>>): Traced {
  const { value: map } = value;
  if (!isMap(map)) return value;
  const missing = Object.entries(fields).filter(([field]) => map[field] === undefined);
  if (missing.length === 0) return value;
  const added = missing.map(
    ([field, empty]) => [field, { value: empty, trace: openChild(value, field).trace }] as const,
  );
  return joinMap([...openMap(value), ...added], value.trace.places);
}
