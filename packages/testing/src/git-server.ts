import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

/** Answers a request in its own way; false leaves it to the server. */
type Intercept = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Git repositories and files over https on the loopback, as git-http-backend(1) serves them, with a throw-away
 * certificate that is its own authority.
 */
export class GitServer {
  /** `https://127.0.0.1:PORT`. */
  readonly address: string;
  /** What a client has to trust; GIT_SSL_CAINFO for Git. */
  readonly certificate: string;
  /** Paths asked for, in order. */
  readonly asked: string[] = [];
  intercept: Intercept = () => false;
  private readonly root: string;
  private readonly server: Server;

  private constructor(root: string, server: Server, certificate: string) {
    this.root = root;
    this.server = server;
    this.certificate = certificate;
    this.address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.answer(request, response));
  }

  /** Serves what is put into a folder. */
  static async start(root: string): Promise<GitServer> {
    mkdirSync(root, { recursive: true });
    const [key, certificate] = [join(root, 'key.pem'), join(root, 'certificate.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', certificate], {
      stdio: 'pipe',
    });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new GitServer(root, server, certificate);
  }

  /** Adds a repository with one commit on `main`; returns its folder, which has a work tree. */
  addRepository(name: string, files: Readonly<Record<string, string>>): string {
    const folder = join(this.root, name);
    mkdirSync(folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    git(folder, 'init', '--quiet');
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'First');
    return folder;
  }

  /** Adds a file that is served as it is. */
  addFile(name: string, content: Buffer): string {
    writeFileSync(join(this.root, name), content);
    return `${this.address}/${name}`;
  }

  /** The address of a repository. */
  repository(name: string): string {
    return `${this.address}/${name}/.git`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.address);
    this.asked.push(url.pathname);
    if (this.intercept(request, response)) return;
    if (!url.pathname.includes('/.git/')) {
      this.answerFile(url.pathname, response);
      return;
    }
    const backend = spawn('git', ['http-backend'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        PATH: '/usr/bin:/bin',
        GIT_PROJECT_ROOT: this.root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    backend.stdin.on('error', () => undefined);
    request.pipe(backend.stdin);
    let head: Buffer | undefined = Buffer.alloc(0);
    backend.stdout.on('data', (chunk: Buffer) => {
      if (head === undefined) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      for (const line of head.subarray(0, end).toString().split('\r\n')) {
        const [name = '', value = ''] = line.split(': ');
        if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.write(head.subarray(end + 4));
      head = undefined;
    });
    backend.once('close', () => response.end());
  }

  private answerFile(path: string, response: ServerResponse): void {
    try {
      response.end(readFileSync(join(this.root, path)));
    } catch {
      response.statusCode = 404;
      response.end();
    }
  }
}

/** Runs Git as somebody with a name and none of the machine's settings. */
export function git(cwd: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...identity, '-c', 'protocol.file.allow=always', ...args], {
    cwd,
    stdio: 'pipe',
    encoding: 'utf8',
  });
}

/** Adds a repository as the submodule `lib` of another one and commits that it comes from an address. */
export function addSubmodule(folder: string, library: string, address: string): void {
  git(folder, 'submodule', 'add', '--quiet', library, 'lib');
  git(folder, 'config', '--file', '.gitmodules', 'submodule.lib.url', address);
  git(folder, 'commit', '--quiet', '--all', '-m', 'Add a submodule');
}
