import type { Endpoint as DevfileEndpoint, DocumentPath } from '@devstead/devfile';
import type { Endpoint } from '../types.ts';
import type { Reading } from './reading.ts';

/** The endpoints of a container, with the format's defaults (devfile 2, 1.2). */
export function readEndpoints(
  reading: Reading,
  endpoints: readonly DevfileEndpoint[],
  containerPath: string,
  at: DocumentPath,
): readonly Endpoint[] {
  return endpoints.map((endpoint, index) => {
    const path = `${containerPath}.endpoints.${endpoint.name}`;
    const here = (field: keyof DevfileEndpoint): DocumentPath => [...at, index, field];
    reading.record(`${path}.name`, reading.originsAt(here('name')));
    reading.record(`${path}.port`, reading.originsAt(here('targetPort')));
    if (endpoint.path !== undefined) reading.record(`${path}.path`, reading.originsAt(here('path')));
    return {
      name: endpoint.name,
      port: endpoint.targetPort,
      exposure: reading.take(
        `${path}.exposure`,
        { at: here('exposure'), value: endpoint.exposure },
        { value: 'public', rule: 'exposure is public unless said' },
      ),
      protocol: reading.take(
        `${path}.protocol`,
        { at: here('protocol'), value: endpoint.protocol },
        { value: 'http', rule: 'protocol is http unless said' },
      ),
      secure: reading.take(
        `${path}.secure`,
        { at: here('secure'), value: endpoint.secure },
        { value: false, rule: 'secure is false unless said' },
      ),
      ...(endpoint.path === undefined ? {} : { path: endpoint.path }),
    };
  });
}
