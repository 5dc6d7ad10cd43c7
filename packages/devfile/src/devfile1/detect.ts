import { isMap } from '../flatten/trace.ts';
import { readText } from '../read-text.ts';

/** True for a document that says it is a devfile 1.0.0, or of the drafts before it (`specVersion`). */
function isDevfile1Document(document: unknown): boolean {
  if (!isMap(document) || document['schemaVersion'] !== undefined) return false;
  // An object of a cluster has an `apiVersion` too.
  const isOfCluster = document['kind'] !== undefined;
  return !isOfCluster && (document['apiVersion'] !== undefined || document['specVersion'] !== undefined);
}

/** True for the text of a devfile 1.0.0. One that names `schemaVersion` at the start of a line is not even parsed. */
export async function isDevfile1(text: string): Promise<boolean> {
  if (/^["']?schemaVersion["']?\s*:/m.test(text) || !/apiVersion|specVersion/.test(text)) return false;
  const { value } = await readText(text, '');
  return isDevfile1Document(value);
}
