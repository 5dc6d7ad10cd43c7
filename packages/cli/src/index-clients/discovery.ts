import type { IndexAddress } from './types.ts';

/** A variable for those who use the service; a secret one only says where its value is kept. */
type DiscoveredVariable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly secret: { readonly name: string; readonly key: string } };

/** What other services need to know of the index. */
export interface DiscoveryRecord {
  readonly schemaVersion: 'index-discovery/v1';
  readonly name: 'devpi';
  readonly displayName: 'DevPI';
  readonly description: string;
  readonly type: 'core';
  readonly category: 'development';
  readonly icon: string;
  readonly endpoints: readonly {
    readonly name: string;
    readonly displayName: string;
    readonly url: string;
    readonly isPrimary: boolean;
    readonly needsLogin: boolean;
    readonly healthUrl?: string;
  }[];
  readonly scaling: { readonly kind: 'Deployment'; readonly name: 'devpi'; readonly minReplicas: 1 };
  readonly environmentVariables: readonly DiscoveredVariable[];
}

/** The record of an index; `webUrl` is where people look at it. */
export function describeService({ url, index, username }: IndexAddress, webUrl: string): DiscoveryRecord {
  return {
    schemaVersion: 'index-discovery/v1',
    name: 'devpi',
    displayName: 'DevPI',
    description: 'Private Python package repository',
    type: 'core',
    category: 'development',
    icon: '/icons/tk_artifact.svg',
    endpoints: [
      // Where both are one, nobody stands before it who asks for a login.
      { name: 'web', displayName: 'Web UI', url: webUrl, isPrimary: true, needsLogin: webUrl !== url },
      { name: 'api', displayName: 'API', url, isPrimary: false, needsLogin: false, healthUrl: `${url}/+api` },
    ],
    scaling: { kind: 'Deployment', name: 'devpi', minReplicas: 1 },
    environmentVariables: [
      { name: 'DEVPI_URL', value: url },
      { name: 'DEVPI_INDEX', value: index },
      { name: 'DEVPI_USERNAME', value: username },
      { name: 'DEVPI_PASSWORD', secret: { name: 'devpi-admin', key: 'password' } },
    ],
  };
}

/** The record as a ConfigMap of Kubernetes, in YAML. */
export async function toConfigMap(record: DiscoveryRecord, namespace: string): Promise<string> {
  const { stringify } = await import('yaml');
  const { schemaVersion: _version, endpoints, environmentVariables, scaling, displayName, ...service } = record;
  const data = {
    service: {
      ...service,
      display_name: displayName,
      endpoints: endpoints.map(({ displayName: shown, isPrimary, needsLogin, healthUrl, ...endpoint }) => ({
        ...endpoint,
        display_name: shown,
        primary: isPrimary,
        auth: needsLogin,
        ...(healthUrl === undefined ? {} : { health_url: healthUrl }),
      })),
      scaling: {
        resource_type: scaling.kind.toLowerCase(),
        resource_name: scaling.name,
        namespace,
        min_replicas: scaling.minReplicas,
      },
      environment_variables: environmentVariables.map((variable) =>
        'secret' in variable ? { name: variable.name, secret_ref: variable.secret } : variable,
      ),
    },
  };
  return stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'thinkube-service-config',
      namespace,
      labels: {
        'thinkube.io/managed': 'true',
        'thinkube.io/service-type': record.type,
        'thinkube.io/service-name': record.name,
      },
    },
    data: { 'service.yaml': stringify(data) },
  });
}
