import type { LanguageDocument } from '../open-document.ts';
import { findSpot } from '../tree/find-spot.ts';
import type { Position } from '../types.ts';
import { matchesPath, withoutParent } from './match-path.ts';

const addressPlaces = [
  'uri',
  'components.*.kubernetes.uri',
  'components.*.openshift.uri',
  'components.*.plugin.uri',
  'components.*.image.dockerfile.uri',
];

/** The relative path written at a place that names another file; nothing for addresses of the web. */
export function findAddressAt(document: LanguageDocument, position: Position): string | undefined {
  const spot = findSpot(document.tree, document.lines.offsetAt(position));
  if (spot?.role !== 'value' || spot.node.kind !== 'scalar') return undefined;
  const isParent = spot.path[0] === 'parent' && spot.path.length === 2;
  const path = withoutParent(spot.path);
  const isAddress = addressPlaces.some(
    (pattern) => (pattern === 'uri' ? isParent : true) && matchesPath(path, pattern),
  );
  const { value } = spot.node;
  return isAddress && value !== '' && !/^[a-z][a-z0-9+.-]*:/i.test(value) && !value.includes('{{') ? value : undefined;
}
