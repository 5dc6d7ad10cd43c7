import { createHash } from 'node:crypto';
import { rootPassword } from './index-server.ts';
import type { Distribution } from './make-distribution.ts';

const jsonPage = 'application/vnd.pypi.simple.v1+json';

/** A file of a project page (PEP 691). */
interface PageFile {
  readonly filename: string;
  readonly url: string;
  readonly hashes: Readonly<Record<string, string>>;
  readonly size?: number;
}

/** What an index answered, with its body as text. */
export interface Answered {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  readonly text: string;
}

/** Changes the fields of an upload; an absent `content` leaves the file out. */
export interface UploadChange {
  readonly fields?: Readonly<Record<string, string>>;
  readonly filename?: string;
  readonly content?: Buffer | undefined;
  /** Whose password or token; empty: nobody's. */
  readonly login?: string;
}

/** Speaks with an index as the clients do, without a Python program. */
export class IndexClient {
  readonly address: string;
  private readonly login: string;

  /** `login`: user and password or token with a colon. */
  constructor(address: string, login = `root:${rootPassword}`) {
    this.address = address;
    this.login = login;
  }

  async send(
    method: string,
    path: string,
    options: { readonly body?: unknown; readonly headers?: Record<string, string> } = {},
  ): Promise<Answered> {
    const { body, headers = {} } = options;
    const answer = await fetch(`${this.address}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        accept: 'application/json',
        authorization: basic(this.login),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return readAnswer(answer);
  }

  /** A request that must end with a status below 400. */
  async must(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await this.send(method, path, body === undefined ? {} : { body });
    if (answer.status >= 400) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text) as Record<string, unknown>;
  }

  page(stage: string, project: string, accept = jsonPage): Promise<Answered> {
    return this.send('GET', `/${stage}/+simple/${project}/`, { headers: { accept } });
  }

  /** The files of a project page in their order; none for a project that is unknown. */
  async files(stage: string, project: string): Promise<readonly PageFile[]> {
    const answer = await this.page(stage, project);
    if (answer.status === 404) return [];
    if (answer.status !== 200)
      throw new Error(`the page of ${project} on ${stage} answered ${answer.status}: ${answer.text}`);
    return (JSON.parse(answer.text) as { files: PageFile[] }).files;
  }

  async filenames(stage: string, project: string): Promise<string[]> {
    return (await this.files(stage, project)).map(({ filename }) => filename).sort();
  }

  /** Where a page of an index says that a file is. */
  async locate(stage: string, project: string, filename: string): Promise<string> {
    const file = (await this.files(stage, project)).find((one) => one.filename === filename);
    if (file === undefined) throw new Error(`${filename} is not on the page of ${project}`);
    return new URL(file.url, `${this.address}/${stage}/+simple/${project}/`).href.split('#')[0] ?? '';
  }

  /** The bytes of a file, or the status that came instead; a connection that breaks is status 0. */
  async download(url: string): Promise<{ readonly status: number; readonly sha256: string; readonly text: string }> {
    try {
      const answer = await fetch(url, { headers: { authorization: basic(this.login) } });
      const content = Buffer.from(await answer.arrayBuffer());
      return { status: answer.status, sha256: sha256(content), text: answer.ok ? '' : content.toString() };
    } catch {
      return { status: 0, sha256: '', text: '' };
    }
  }

  /** What twine sends. */
  async upload(stage: string, file: Distribution, change: UploadChange = {}): Promise<Answered> {
    const form = new FormData();
    const fields = {
      ':action': 'file_upload',
      protocol_version: '1',
      metadata_version: '2.1',
      name: file.name,
      version: file.version,
      filetype: file.filename.endsWith('.whl') ? 'bdist_wheel' : 'sdist',
      pyversion: file.filename.endsWith('.whl') ? 'py3' : 'source',
      sha256_digest: file.sha256,
      ...change.fields,
    };
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    const content = 'content' in change ? change.content : file.content;
    if (content !== undefined)
      form.append('content', new Blob([new Uint8Array(content)]), change.filename ?? file.filename);
    const login = change.login ?? this.login;
    const answer = await fetch(`${this.address}/${stage}/`, {
      method: 'POST',
      body: form,
      headers: login === '' ? {} : { authorization: basic(login) },
    });
    return readAnswer(answer);
  }

  /** A token of the user, as `devpi login` gets it. */
  async logIn(): Promise<string> {
    const [user, ...password] = this.login.split(':');
    const { result } = await this.must('POST', '/+login', { user, password: password.join(':') });
    return (result as { password: string }).password;
  }
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

async function readAnswer(answer: Response): Promise<Answered> {
  const { status, statusText, headers } = answer;
  return { status, statusText, headers, text: await answer.text() };
}
