import { getAt } from '../../document-path.ts';
import { isMap } from '../../flatten/trace.ts';
import type { DocumentPath } from '../../types.ts';

const templates: DocumentPath = ['spec', 'template', 'spec'];

/** Where the objects that run containers have them, by kind. */
const podSpecs: Readonly<Record<string, DocumentPath>> = {
  Pod: ['spec'],
  Deployment: templates,
  DeploymentConfig: templates,
  StatefulSet: templates,
  DaemonSet: templates,
  ReplicaSet: templates,
  ReplicationController: templates,
  Job: templates,
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** Where an object of that kind says which containers it runs; undefined for one that runs none. */
export function findPodSpec(kind: string): DocumentPath | undefined {
  return Object.hasOwn(podSpecs, kind) ? podSpecs[kind] : undefined;
}

/** The paths of an object's containers. */
export function listContainers(object: unknown, podSpec: DocumentPath, field = 'containers'): DocumentPath[] {
  const containers = getAt(object, [...podSpec, field]);
  if (!Array.isArray(containers)) return [];
  return containers.flatMap((container, index) => (isMap(container) ? [[...podSpec, field, index]] : []));
}
