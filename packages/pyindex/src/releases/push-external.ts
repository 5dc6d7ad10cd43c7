import { openAsBlob } from 'node:fs';
import type { ReleaseFile } from '../source.ts';
import type { IndexStore } from '../store/index-store.ts';
import type { Action } from './push-release.ts';
import type { VersionPart } from './read-versions.ts';
import type { ReleaseMetadata } from './release-metadata.ts';

const timeoutMs = 10 * 60_000;
/** What is shown of another server's answer. */
const shownCharacters = 500;

export interface ExternalOrder {
  readonly part: VersionPart;
  readonly project: string;
  readonly version: string;
  readonly url: string;
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
    const [status] = await post(order, makeForm(part.metadata, { ':action': 'submit' }));
    actions.push([status, 'register', project, version]);
    if (!registered.includes(status)) return actions;
  }
  for (const file of order.parts.files ? part.files : []) {
    const form = makeForm(part.metadata, {
      ':action': 'file_upload',
      protocol_version: '1',
      ...describeFile(file.filename),
      ...(file.hashes['sha256'] === undefined ? {} : { sha256_digest: file.hashes['sha256'] }),
    });
    form.append('content', await openAsBlob(await order.findPath(file)), file.filename);
    const [status, text] = await post(order, form);
    const sha256 = file.hashes['sha256'] ?? '';
    const entry = `${file.origin.index}/+f/${sha256.slice(0, 3)}/${sha256.slice(3, 16)}/${file.filename}`;
    actions.push(status < 0 ? [status, 'exception on release upload:', text] : [status, 'upload', entry, text]);
  }
  const documentation = part.links.find(({ kind }) => kind === 'doczip');
  const path = documentation === undefined ? undefined : store.files.pathOf(documentation.sha256);
  if (order.parts.documentation && path !== undefined) {
    const form = makeForm(part.metadata, { ':action': 'doc_upload' });
    form.append('content', await openAsBlob(path), `${project}.zip`);
    const [status, text] = await post(order, form);
    actions.push(status < 0 ? [status, 'exception on documentation upload:', text] : [status, 'docfile', project]);
  }
  return actions;
}

/** Whether the last step worked. */
export function isPushed(actions: readonly Action[]): boolean {
  return accepted.includes(Number(actions.at(-1)?.[0]));
}

function makeForm(metadata: ReleaseMetadata, more: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries({ ...metadata, ...more })) {
    for (const each of Array.isArray(value) ? (value as readonly string[]) : [String(value)]) {
      if (each !== '') form.append(key, each);
    }
  }
  return form;
}

function describeFile(filename: string): Record<string, string> {
  if (filename.endsWith('.whl')) {
    return { filetype: 'bdist_wheel', pyversion: filename.slice(0, -'.whl'.length).split('-').at(-3) ?? '' };
  }
  return { filetype: 'sdist', pyversion: 'source' };
}

/** The status, or -1 when there was no answer, and what else is to be told. */
async function post(order: ExternalOrder, form: FormData): Promise<[status: number, text: string]> {
  try {
    const response = await fetch(order.url, {
      method: 'POST',
      body: form,
      headers: { authorization: `Basic ${Buffer.from(`${order.user}:${order.password}`).toString('base64')}` },
      // Followed, the password would go to wherever it leads.
      redirect: 'manual',
      signal: AbortSignal.any([order.signal, AbortSignal.timeout(timeoutMs)]),
    });
    const text = accepted.includes(response.status) ? '' : (await response.text()).slice(0, shownCharacters);
    if (text === '') await response.body?.cancel();
    return [response.status, text];
  } catch (error) {
    const cause = (error as { cause?: unknown }).cause ?? error;
    return [-1, cause instanceof Error ? cause.message : String(cause)];
  }
}
