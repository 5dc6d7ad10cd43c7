import type { ReleaseFile } from '../../source.ts';
import { SourceFailure } from '../../source-failure.ts';
import type { IndexStore } from '../../store/index-store.ts';
import { type FormFile, makeMultipartForm } from '../../upstream/multipart-form.ts';
import { discardBody, readBody } from '../../upstream/read-body.ts';
import type { UpstreamAnswer, UpstreamClient } from '../../upstream/upstream-client.ts';
import type { VersionPart } from '../reading/read-versions.ts';
import type { ReleaseMetadata } from '../reading/release-metadata.ts';
import type { Action } from './push-release.ts';

/** What is shown, and read, of another server's answer. */
const shownBytes = 500;
const answerStallMs = 10_000;

export interface ExternalOrder {
  readonly part: VersionPart;
  readonly project: string;
  readonly version: string;
  readonly url: URL;
  readonly client: UpstreamClient;
  /** Whether the server may have a private address: for those who run this one. */
  readonly mayBePrivate: boolean;
  readonly user: string;
  readonly password: string;
  readonly isRegistered: boolean;
  readonly parts: { readonly files: boolean; readonly documentation: boolean };
  /** The content of a file on this machine. */
  readonly findPath: (file: ReleaseFile) => Promise<string>;
  readonly signal: AbortSignal;
}

const accepted = [200, 201];
/** Servers that need no registration answer 410. */
const registered = [...accepted, 410];

/**
 * Uploads a version to another index, as twine would. Every step is in the result, those that failed too: the last one
 * tells whether it worked.
 */
export async function pushExternal(store: IndexStore, order: ExternalOrder): Promise<Action[]> {
  const { part, project, version } = order;
  const actions: Action[] = [];
  if (order.isRegistered) {
    const [status] = await post(order, listFields(part.metadata, { ':action': 'submit' }));
    actions.push([status, 'register', project, version]);
    if (!registered.includes(status)) return actions;
  }
  for (const file of order.parts.files ? part.files : []) {
    const fields = listFields(part.metadata, {
      ':action': 'file_upload',
      protocol_version: '1',
      ...describeFile(file.filename),
      ...(file.hashes['sha256'] === undefined ? {} : { sha256_digest: file.hashes['sha256'] }),
    });
    const content = { field: 'content', filename: file.filename, path: await order.findPath(file) };
    const [status, text] = await post(order, fields, content);
    const sha256 = file.hashes['sha256'] ?? '';
    const entry = `${file.origin.index}/+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/${file.filename}`;
    actions.push(status < 0 ? [status, 'exception on release upload:', text] : [status, 'upload', entry, text]);
  }
  const documentation = part.links.find(({ kind }) => kind === 'doczip');
  const path = documentation === undefined ? undefined : store.files.pathOf(documentation.sha256);
  if (order.parts.documentation && path !== undefined) {
    const fields = listFields(part.metadata, { ':action': 'doc_upload' });
    const [status, text] = await post(order, fields, { field: 'content', filename: `${project}.zip`, path });
    actions.push(status < 0 ? [status, 'exception on documentation upload:', text] : [status, 'docfile', project]);
  }
  return actions;
}

/** Whether the last step worked. */
export function isPushed(actions: readonly Action[]): boolean {
  return accepted.includes(Number(actions.at(-1)?.[0]));
}

type Fields = readonly (readonly [name: string, value: string])[];

function listFields(metadata: ReleaseMetadata, more: Readonly<Record<string, string>>): Fields {
  return Object.entries({ ...metadata, ...more }).flatMap(([key, value]) =>
    (typeof value === 'string' ? [value] : value).filter((each) => each !== '').map((each) => [key, each] as const),
  );
}

function describeFile(filename: string): Record<string, string> {
  if (filename.endsWith('.whl')) {
    return { filetype: 'bdist_wheel', pyversion: filename.slice(0, -'.whl'.length).split('-').at(-3) ?? '' };
  }
  return { filetype: 'sdist', pyversion: 'source' };
}

/** The status, or -1 when there was no answer, and what else is to be told. */
async function post(order: ExternalOrder, fields: Fields, file?: FormFile): Promise<[status: number, text: string]> {
  const { client, url, user, password, signal } = order;
  try {
    const request = {
      url,
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      ...(order.mayBePrivate ? { trustedHost: url.host } : {}),
      signal,
    };
    const answer = await client.post(request, await makeMultipartForm(fields, file));
    return [answer.status, accepted.includes(answer.status) ? skip(answer) : await readStart(answer)];
  } catch (error) {
    if (error instanceof SourceFailure) return [-1, error.message];
    throw error;
  }
}

function skip(answer: UpstreamAnswer): string {
  discardBody(answer);
  return '';
}

/** The beginning of an answer as text; whoever sends more is not listened to. */
async function readStart(answer: UpstreamAnswer): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of readBody(answer, answerStallMs)) {
      pieces.push(piece);
      size += piece.length;
      if (size >= shownBytes) break;
    }
  } catch (error) {
    // A server that refuses a file may close before it has read it; its status says enough.
    if (!(error instanceof SourceFailure)) throw error;
  }
  return Buffer.concat(pieces).subarray(0, shownBytes).toString();
}
