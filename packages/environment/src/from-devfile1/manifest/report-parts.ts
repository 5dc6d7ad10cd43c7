import { type DocumentPath, listContainers, type ManifestObject } from '@devstead/devfile';
import type { Expansion } from '../expansion.ts';
import { readAt, readText } from './read-value.ts';

/** Fields that change what runs on a cluster and have no effect here, and what is different without them. */
const podFields: Readonly<Record<string, string>> = {
  hostNetwork: 'its containers have the workspace’s network, not the machine’s',
  hostPID: 'its containers see their own processes alone',
  securityContext: 'its containers run as their image’s user',
  serviceAccountName: 'its containers have no account of a cluster',
};
const containerFields: Readonly<Record<string, string>> = {
  securityContext: 'it runs as its image’s user, with the usual privileges',
  workingDir: 'it runs in its image’s folder',
  lifecycle: 'nothing runs in it after its start or before its stop',
  livenessProbe: 'it is started again only when it ends',
  readinessProbe: 'it is ready when it runs',
  startupProbe: 'it is ready when it runs',
};
const harmless = new Set(['livenessProbe', 'readinessProbe', 'startupProbe', 'serviceAccountName']);

/** Says of every field of a pod that has no effect here what is different without it: `environment.object-part`. */
export function reportParts(expansion: Expansion, object: ManifestObject, podSpec: DocumentPath): void {
  const report = (path: DocumentPath, fields: Readonly<Record<string, string>>, who: string): void => {
    for (const [field, difference] of Object.entries(fields)) {
      const written = readAt(object.value, ...path, field);
      if (written === undefined || written === null || isEmpty(written)) continue;
      const severity = harmless.has(field) ? 'info' : 'warning';
      const origins = object.originsOf([...path, field]);
      expansion.report(
        'environment.object-part',
        severity,
        origins,
        `${field} of ${who} has no effect: ${difference}.`,
      );
    }
  };
  report(podSpec, podFields, `${object.kind} ${object.name}`);
  for (const list of ['initContainers', 'containers']) {
    for (const path of listContainers(object.value, podSpec, list)) {
      report(path, containerFields, `container ${readText(object.value, ...path, 'name') ?? ''}`);
    }
  }
}

function isEmpty(value: unknown): boolean {
  return value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
