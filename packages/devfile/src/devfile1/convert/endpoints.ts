import type { Attributes, DocumentPath, Endpoint } from '../../types.ts';
import type { Component1, Endpoint1, Texts } from '../types.ts';
import type { Conversion } from './conversion.ts';

const longestName = 15;
const protocols = ['http', 'https', 'ws', 'wss', 'tcp', 'udp'] as const;

interface ConvertedEndpoints {
  readonly endpoints: readonly Endpoint[];
  /** Of the component: endpoints that it cannot have there. */
  readonly attributes: Attributes;
}

/**
 * The endpoints of a component. Their names are short and unique in the devfile there, and so is each port between
 * containers: of a port that another one has, the endpoint stays as an attribute, with a warning.
 */
export function convertEndpoints(
  conversion: Conversion,
  { endpoints = [] }: Component1,
  at: DocumentPath,
  below: DocumentPath,
): ConvertedEndpoints {
  const made: Endpoint[] = [];
  const left: Endpoint1[] = [];
  for (const [index, endpoint] of endpoints.entries()) {
    const place = [...at, 'endpoints', index];
    const owner = findOwner(conversion, endpoint.port);
    if (owner !== undefined) {
      const message = `${endpoint.name} is no endpoint in the result: ${owner} has port ${endpoint.port}, and containers share one network`;
      conversion.drop('value', [...place, 'port'], message);
      left.push(endpoint);
      continue;
    }
    const path = [...below, 'endpoints', made.length];
    made.push(convertEndpoint(conversion, endpoint, place, path));
  }
  return { endpoints: made, attributes: left.length === 0 ? {} : { 'devfile1/endpoints': left } };
}

/** The component before this one that has the port. */
function findOwner({ components }: Conversion, port: number): string | undefined {
  return components.find(({ container }) => container?.endpoints?.some(({ targetPort }) => targetPort === port))?.name;
}

function convertEndpoint(
  conversion: Conversion,
  { name, port, attributes = {} }: Endpoint1,
  at: DocumentPath,
  path: DocumentPath,
): Endpoint {
  const { protocol, secure, path: urlPath, public: isPublic, ...others } = attributes;
  const known = protocols.find((one) => one === protocol);
  const rest: Record<string, string> = { ...others };
  if (protocol !== undefined && known === undefined) {
    rest['protocol'] = protocol;
    conversion.change('value', [...at, 'attributes', 'protocol'], `the protocol ${protocol} is an attribute`, 'info');
  }
  conversion.from(path, at);
  conversion.from([...path, 'targetPort'], [...at, 'port']);
  for (const [field, attribute] of [
    ['exposure', 'public'],
    ['protocol', 'protocol'],
    ['secure', 'secure'],
    ['path', 'path'],
  ] as const) {
    if (attributes[attribute] !== undefined) conversion.from([...path, field], [...at, 'attributes', attribute]);
  }
  return {
    name: conversion.name('endpoints', name, [...at, 'name'], longestName),
    targetPort: port,
    ...(isPublic === undefined ? {} : { exposure: isTrue(isPublic) ? 'public' : 'internal' }),
    ...(known === undefined ? {} : { protocol: known }),
    ...(secure === undefined ? {} : { secure: isTrue(secure) }),
    ...(urlPath === undefined ? {} : { path: urlPath }),
    ...keepTexts(rest),
  };
}

function isTrue(text: string): boolean {
  return text.trim().toLowerCase() === 'true';
}

function keepTexts(texts: Texts): { readonly attributes?: Attributes } {
  return Object.keys(texts).length === 0 ? {} : { attributes: texts };
}
