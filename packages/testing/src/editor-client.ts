import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  SetTraceNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver-protocol/node';
import { devsteadProgram } from './run-devstead.ts';
import { waitUntil } from './wait-until.ts';

/** An editor as far as a language server sees one: the protocol's own client library over a started `devstead lsp`. */
export class EditorClient {
  readonly connection: ProtocolConnection;
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly published: PublishDiagnosticsParams[] = [];
  private readonly versions = new Map<string, number>();
  private said = '';

  constructor(options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly args?: readonly string[];
  }) {
    this.child = spawn(devsteadProgram, ['lsp', '--stdio', ...(options.args ?? [])], {
      cwd: options.cwd,
      env: { ...options.env },
    });
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.said += text;
    });
    this.connection = createProtocolConnection(
      new StreamMessageReader(this.child.stdout),
      new StreamMessageWriter(this.child.stdin),
    );
    this.connection.onNotification(PublishDiagnosticsNotification.type, (params) => void this.published.push(params));
    this.connection.listen();
  }

  get stderr(): string {
    return this.said;
  }

  async start(): Promise<InitializeResult> {
    const result = await this.connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
    });
    await this.connection.sendNotification(InitializedNotification.type, {});
    return result;
  }

  /** Opens a file with a text, whatever is on the disk. Gives its URI. */
  async open(path: string, text: string): Promise<string> {
    const uri = pathToFileURL(path).href;
    this.versions.set(uri, 1);
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
    return uri;
  }

  async change(uri: string, ...contentChanges: TextDocumentContentChangeEvent[]): Promise<void> {
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  /** What the server finds in the newest state of a file. */
  async diagnosticsOf(uri: string): Promise<readonly Diagnostic[]> {
    const version = this.versions.get(uri);
    const find = () => this.published.findLast((params) => params.uri === uri && params.version === version);
    await waitUntil(`diagnostics of ${uri}`, () => find() !== undefined, 30_000);
    return find()?.diagnostics ?? [];
  }

  /** Ends the server as the protocol asks for; gives its exit code. */
  async stop(): Promise<number | null> {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    return this.ended;
  }

  /** Has the server find all that `send` sends in its pipe at once. */
  async sendAtOnce(send: () => void): Promise<void> {
    this.child.kill('SIGSTOP');
    send();
    // Written in order, so that this is the last.
    await this.connection.sendNotification(SetTraceNotification.type, { value: 'off' });
    this.child.kill('SIGCONT');
  }

  /** Goes away without a word. */
  vanish(): void {
    this.child.stdin.end();
  }

  kill(): void {
    this.connection.dispose();
    this.child.kill('SIGKILL');
  }
}
