import { type Document, isMap, isScalar, isSeq, parseAllDocuments, type Scalar, type YAMLMap } from 'yaml';
import { preScan } from '../pre-scan.ts';

/** Where each kind of workload has the specification of its pods. */
const podPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
};
const containerLists = ['initContainers', 'containers', 'ephemeralContainers'];

/**
 * A manifest with the images of its containers replaced; everything else, comments and layout too, stays as it is. Nothing
 * when it cannot be read.
 */
export function replaceInManifest(text: string, replace: (image: string) => string | undefined): string | undefined {
  if (preScan(text, '') !== undefined) return undefined;
  const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false });
  if (!Array.isArray(documents)) return text;
  const parsed = documents as Document.Parsed[];
  if (parsed.some(({ errors }) => errors.length > 0)) return undefined;
  const changes = parsed.flatMap(listImages).flatMap((image): [Scalar, string][] => {
    const name = typeof image.value === 'string' ? replace(image.value) : undefined;
    return name === undefined ? [] : [[image, name]];
  });
  let result = '';
  let end = 0;
  for (const [{ range }, name] of changes) {
    const [from, to] = range ?? [end, end];
    // An alias stands in several places, and its text in one.
    if (from < end) continue;
    result += text.slice(end, from) + JSON.stringify(name);
    end = to;
  }
  return result + text.slice(end);
}

function listImages({ contents }: Document.Parsed): Scalar[] {
  if (!isMap(contents)) return [];
  const path = podPaths[String(contents.get('kind'))];
  const pod = path === undefined ? undefined : contents.getIn(path, true);
  return isMap(pod) ? containerLists.flatMap((list) => listContainers(pod, list)) : [];
}

function listContainers(pod: YAMLMap, list: string): Scalar[] {
  const containers = pod.get(list, true);
  if (!isSeq(containers)) return [];
  return containers.items.flatMap((container) => {
    const image = isMap(container) ? container.get('image', true) : undefined;
    // Nobody writes an image as a block of lines.
    return isScalar(image) && !String(image.type).startsWith('BLOCK') ? [image] : [];
  });
}
