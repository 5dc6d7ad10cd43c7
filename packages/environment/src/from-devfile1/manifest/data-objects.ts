import type { ManifestObject } from '@devstead/devfile';
import { readText, readTexts } from './read-value.ts';

/** A ConfigMap or a Secret: texts by their keys. */
export interface DataObject {
  readonly object: ManifestObject;
  readonly texts: ReadonlyMap<string, string>;
}

/** Everything that the containers of a devfile's manifests can name. */
export interface Catalog {
  readonly configMaps: ReadonlyMap<string, DataObject>;
  readonly secrets: ReadonlyMap<string, DataObject>;
  readonly claims: ReadonlyMap<string, ManifestObject>;
}

/** Gathers the objects of all manifests that others name; of two with one name the first counts. */
export function gatherCatalog(objects: readonly ManifestObject[]): Catalog {
  const ofKind = (kind: string): readonly ManifestObject[] =>
    objects.filter((object) => object.kind === kind).toReversed();
  const byName = <T>(kind: string, make: (object: ManifestObject) => T): ReadonlyMap<string, T> =>
    new Map(ofKind(kind).map((object) => [object.name, make(object)]));
  return {
    configMaps: byName('ConfigMap', (object) => ({
      object,
      texts: new Map([...readTexts(object.value, 'data'), ...decodeAll(readTexts(object.value, 'binaryData'))]),
    })),
    secrets: byName('Secret', (object) => ({
      object,
      texts: new Map([...decodeAll(readTexts(object.value, 'data')), ...readTexts(object.value, 'stringData')]),
    })),
    claims: byName('PersistentVolumeClaim', (object) => object),
  };
}

/** The size that a claim asks for. */
export function readClaimSize(claim: ManifestObject): string | undefined {
  return readText(claim.value, 'spec', 'resources', 'requests', 'storage');
}

function decodeAll(texts: ReadonlyMap<string, string>): [string, string][] {
  return [...texts].flatMap(([key, text]): [string, string][] => {
    const decoded = decodeText(text);
    return decoded === undefined ? [] : [[key, decoded]];
  });
}

/** Base64 of UTF-8; nothing for what is neither. */
function decodeText(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (letter) => letter.codePointAt(0) ?? 0);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
