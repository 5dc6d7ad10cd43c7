import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../../access/identity.ts';
import { mayUpload } from '../../../access/permissions.ts';
import type { IndexRecord } from '../../../indexes/index-config.ts';
import { normalizeName } from '../../../names/normalize-name.ts';
import { isPushed, pushExternal } from '../../../releases/push/push-external.ts';
import { pushRelease } from '../../../releases/push/push-release.ts';
import type { VersionPart } from '../../../releases/reading/read-versions.ts';
import { readUploaders } from '../../../releases/uploaders.ts';
import type { ReleaseFile } from '../../../source.ts';
import { sendResult } from '../../answers/send-result.ts';
import { HttpFailure } from '../../http-failure.ts';
import { findReadableIndex, identify } from '../../identify.ts';
import type { IndexServer } from '../../index-server.ts';
import { readJsonObject } from '../../requests/read-json.ts';
import { findVersion, readProjectVersions } from '../reading/projects.ts';

interface PushRequest {
  readonly name: string;
  readonly version: string;
  readonly parts: { readonly files: boolean; readonly documentation: boolean };
  /** What is left of the options. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** `PUSH /user/index` (or `POST`): copies a version to another index here, or uploads it to another server. */
export function makePushHandler(
  server: IndexServer,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const { index } = await findReadableIndex(request, server);
    const identity = await identify(request, server);
    const push = readPushRequest(readJsonObject(request));
    const found = await findPart(server, index, push);
    return 'posturl' in push.rest
      ? answerExternal(request, reply, server, index, push, found, identity)
      : answerInternal(reply, server, index, push, found, identity);
  };
}

function readPushRequest(body: Readonly<Record<string, unknown>>): PushRequest {
  const { name, version, no_docs, only_docs, ...rest } = body;
  if (typeof name !== 'string' || name === '' || typeof version !== 'string' || version === '') {
    throw new HttpFailure(400, 'Bad request: name and version are needed');
  }
  if (no_docs === true && only_docs === true) {
    throw new HttpFailure(400, "can't use 'no_docs' and 'only_docs' together");
  }
  return { name, version, rest, parts: { files: only_docs !== true, documentation: no_docs !== true } };
}

async function findPart(server: IndexServer, index: IndexRecord, push: PushRequest): Promise<VersionPart> {
  const versions = await readProjectVersions(server, index, normalizeName(push.name), true);
  const part = findVersion(versions, push.version)?.parts.find((each) => each.index === index.path);
  if (part === undefined) {
    throw new HttpFailure(400, `there are no files for ${push.name} ${push.version} on stage ${index.path}`);
  }
  const { files, documentation } = push.parts;
  const isSomething =
    (files && part.files.length > 0) || (documentation && part.links.some(({ kind }) => kind === 'doczip'));
  if (!isSomething) throw new HttpFailure(404, `no release/files found for ${push.name} ${push.version}`);
  return part;
}

async function answerInternal(
  reply: FastifyReply,
  server: IndexServer,
  index: IndexRecord,
  push: PushRequest,
  part: VersionPart,
  identity: Identity,
): Promise<FastifyReply> {
  const { targetindex, ...unknown } = push.rest;
  if (typeof targetindex !== 'string') throw new HttpFailure(400, 'Bad request: targetindex or posturl is needed');
  if (Object.keys(unknown).length > 0) {
    throw new HttpFailure(400, `unknown additional options: ${Object.keys(unknown).sort().join(', ').slice(0, 500)}`);
  }
  if (targetindex.split('/').length !== 2) throw new HttpFailure(400, 'targetindex not in format user/index');
  const target = server.store.directory.indexes.get(targetindex);
  if (target === undefined) throw new HttpFailure(404, `The stage ${targetindex} could not be found.`);
  const project = normalizeName(push.name);
  const uploaders = await readUploaders(server.store.database, target.path, project);
  if (!mayUpload(identity, target, project, uploaders)) {
    throw new HttpFailure(401, `user '${identity.user ?? ''}' cannot upload to '${targetindex}'`);
  }
  const result = await pushRelease(server.store, {
    part,
    project,
    version: part.version,
    target,
    user: identity.user ?? '',
    parts: push.parts,
    source: server.findSource(index.path),
  });
  return sendResult(reply, { result, type: 'actionlog' });
}

async function answerExternal(
  request: FastifyRequest,
  reply: FastifyReply,
  server: IndexServer,
  index: IndexRecord,
  push: PushRequest,
  part: VersionPart,
  identity: Identity,
): Promise<FastifyReply> {
  const { posturl, username, password, register_project, ...unknown } = push.rest;
  if (Object.keys(unknown).length > 0) {
    throw new HttpFailure(400, `unknown additional options: ${Object.keys(unknown).sort().join(', ').slice(0, 500)}`);
  }
  if (typeof posturl !== 'string' || typeof username !== 'string' || typeof password !== 'string') {
    throw new HttpFailure(400, 'Bad request: posturl, username and password are needed');
  }
  if (!URL.canParse(posturl) || !/^https?:$/.test(new URL(posturl).protocol)) {
    throw new HttpFailure(400, 'Bad request: posturl must be an address that begins with https:// or http://');
  }
  // Somebody unknown must not make this server send requests.
  if (identity.user === undefined || identity.scope.permission === 'read') {
    throw new HttpFailure(401, 'log in to push to another server');
  }
  const aborter = new AbortController();
  request.raw.once('close', () => {
    if (request.raw.destroyed && !reply.raw.writableEnded) aborter.abort();
  });
  const source = server.findSource(index.path);
  const project = normalizeName(push.name);
  const result = await pushExternal(server.store, {
    part,
    project,
    version: part.version,
    url: new URL(posturl),
    client: server.upstream,
    // As with mirrors: anybody may have made themselves a user.
    mayBePrivate: identity.user === 'root',
    user: username,
    password,
    isRegistered: register_project === true,
    parts: push.parts,
    findPath: (file) => findPath(server, source, project, file),
    signal: aborter.signal,
  });
  return sendResult(reply, { result, type: 'actionlog' }, isPushed(result) ? 200 : 502);
}

async function findPath(
  server: IndexServer,
  source: ReturnType<IndexServer['findSource']>,
  project: string,
  { filename, hashes }: ReleaseFile,
): Promise<string> {
  const { sha256 } = hashes;
  const opened = await source.openFile({
    filename,
    project,
    ...(sha256 === undefined ? {} : { digestPrefix: sha256.slice(0, 16) }),
  });
  const path = opened === undefined ? undefined : server.store.files.pathOf(opened.sha256);
  if (path === undefined) throw new HttpFailure(502, `${filename} could not be read`);
  return path;
}
