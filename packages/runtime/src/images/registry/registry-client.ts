import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AppError } from '@devstead/kit';
import { longestDocument, manifestTypes } from '../oci/manifest.ts';
import { type Descriptor, type LayerSource, TransferError } from '../pull/image-source.ts';
import { answerChallenge, denied, readChallenge } from './authenticate.ts';
import { findCredentials } from './credentials.ts';
import type { Endpoint } from './registries-conf.ts';
import type { RegistrySettings } from './registry-settings.ts';
import { type Connection, isOwnMachine } from './send-request.ts';

/** A manifest or configuration whose digest is what it should be. */
export interface Document {
  readonly digest: string;
  readonly text: string;
}

/** One repository at one place, asked by the distribution specification (OCI, 1.1). */
export class RegistryClient implements LayerSource {
  readonly name: string;
  private readonly connection: Connection;
  private readonly endpoint: Endpoint;
  private readonly settings: RegistrySettings;
  private authorization: string | undefined;
  private scheme: 'https' | 'http' | undefined;

  constructor(connection: Connection, endpoint: Endpoint, settings: RegistrySettings) {
    this.connection = connection;
    this.endpoint = endpoint;
    this.settings = settings;
    this.name = endpoint.host;
  }

  /**
   * The manifest of a tag or digest. Throws IMAGE_NOT_FOUND, REGISTRY_DENIED, `TransferError`, and IMAGE_REFUSED when it
   * is not the one its digest names.
   */
  async readManifest(name: string, signal: AbortSignal | undefined): Promise<Document> {
    const answer = await this.get(`manifests/${name}`, { accept: manifestTypes.join(', ') }, signal);
    const content = await this.connection.readWhole(answer, longestDocument, signal);
    const told = answer.headers['docker-content-digest'];
    const expected = name.startsWith('sha256:') ? name : typeof told === 'string' ? told : undefined;
    return this.check(content, expected?.startsWith('sha256:') === true ? expected : undefined, 'manifest');
  }

  /** A small piece of content. Throws as `readManifest` does. */
  async readDocument({ digest, sizeBytes }: Descriptor, signal: AbortSignal | undefined): Promise<Document> {
    if (sizeBytes > longestDocument)
      throw new AppError('IMAGE_REFUSED', `the image's configuration has ${sizeBytes} bytes`);
    const answer = await this.get(`blobs/${digest}`, {}, signal);
    return this.check(await this.connection.readWhole(answer, longestDocument, signal), digest, 'configuration');
  }

  async *read(layer: Descriptor, offset: number, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    const range: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const answer = await this.get(`blobs/${layer.digest}`, range, signal);
    // A registry that knows no ranges begins anew; what is there already is passed over.
    let skip = answer.statusCode === 206 ? 0 : offset;
    for await (const piece of this.connection.readBody(answer, signal)) {
      const rest = piece.subarray(Math.min(skip, piece.length));
      skip -= piece.length - rest.length;
      if (rest.length > 0) yield rest;
    }
  }

  private check(content: Buffer, expected: string | undefined, what: string): Document {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    if (expected === undefined || digest === expected) return { digest, text: content.toString('utf8') };
    throw new AppError('IMAGE_REFUSED', `${this.name} sent a ${what} that is not the one its digest names`, {
      details: [`expected ${expected}`, `got      ${digest}`],
    });
  }

  /** The answer with status 200 or 206, logged in where that is asked for. */
  private async get(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<IncomingMessage> {
    let answer = await this.ask(path, headers, signal);
    if (answer.statusCode === 401) {
      answer.resume();
      const hadLogin = await this.logIn(answer, signal);
      answer = await this.ask(path, headers, signal);
      if (answer.statusCode === 401 || answer.statusCode === 403) {
        answer.destroy();
        throw denied(this.name, answer.statusCode, hadLogin);
      }
    }
    const { statusCode = 0 } = answer;
    if (statusCode === 200 || statusCode === 206) return answer;
    answer.destroy();
    if (statusCode === 404)
      throw new AppError('IMAGE_NOT_FOUND', `${this.name} does not have ${this.endpoint.repository} ${path}`, {
        hint: 'Check the name and the tag.',
      });
    if (statusCode === 403) throw denied(this.name, statusCode, this.authorization !== undefined);
    const what = `it answered with status ${statusCode}`;
    if (statusCode >= 500 || statusCode === 429 || statusCode === 408) throw new TransferError(what);
    throw new AppError('IMAGE_PULL_FAILED', `${this.name} cannot be used: ${what}`);
  }

  private async logIn(answer: IncomingMessage, signal: AbortSignal | undefined): Promise<boolean> {
    const { repository, isInsecure } = this.endpoint;
    const challenge = readChallenge(answer.headers['www-authenticate']);
    if (challenge === undefined) throw denied(this.name, 401, this.authorization !== undefined);
    const credentials = await findCredentials(loginHost(this.name), repository, this.settings);
    const registry = this.url('', this.scheme ?? 'https');
    this.authorization = await answerChallenge({
      connection: this.connection,
      challenge,
      repository,
      credentials,
      isInsecure,
      registry,
      signal,
    });
    return credentials !== undefined;
  }

  /** Asks by https; where plain http is allowed, by that when https fails. */
  private async ask(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<IncomingMessage> {
    const { host, isInsecure } = this.endpoint;
    const send = (scheme: 'https' | 'http'): Promise<IncomingMessage> =>
      this.connection.send({
        url: this.url(path, scheme),
        headers: { ...headers, ...(this.authorization === undefined ? {} : { authorization: this.authorization }) },
        isInsecure,
        signal,
      });
    if (this.scheme !== undefined) return send(this.scheme);
    const mayBePlain = isInsecure || isOwnMachine(new URL(`http://${host}`).hostname);
    try {
      const answer = await send('https');
      this.scheme = 'https';
      return answer;
    } catch (error) {
      if (!mayBePlain || !(error instanceof TransferError)) throw error;
      const answer = await send('http');
      this.scheme = 'http';
      return answer;
    }
  }

  private url(path: string, scheme: 'https' | 'http'): URL {
    const { host, repository } = this.endpoint;
    return new URL(`${scheme}://${host === 'docker.io' ? 'registry-1.docker.io' : host}/v2/${repository}/${path}`);
  }
}

function loginHost(host: string): string {
  return host === 'registry-1.docker.io' ? 'docker.io' : host;
}
