import type { Readable, Writable } from 'node:stream';
import type { Fetcher, Profile } from '@devstead/devfile';
import * as language from '@devstead/devfile/language';
import {
  type CancellationToken,
  CodeActionKind,
  CodeActionRequest,
  CompletionRequest,
  createProtocolConnection,
  DefinitionRequest,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DidSaveTextDocumentNotification,
  DocumentSymbolRequest,
  ErrorCodes,
  ExitNotification,
  FoldingRangeRequest,
  HoverRequest,
  InitializeRequest,
  LSPErrorCodes,
  MarkupKind,
  PositionEncodingKind,
  PrepareRenameRequest,
  PublishDiagnosticsNotification,
  ReferencesRequest,
  RenameRequest,
  ResponseError,
  type ServerCapabilities,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  TextDocumentSyncKind,
} from 'vscode-languageserver-protocol/node';
import { fixAllKind, listCodeActions } from './code-actions.ts';
import { Diagnostics } from './diagnostics.ts';
import { findNamedFile } from './find-file.ts';
import { type OpenFile, OpenFiles } from './open-files.ts';
import { toProtocolItem, toProtocolSymbol } from './to-protocol.ts';

export interface ServeOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly profile: Profile;
  readonly fetcher: Fetcher;
  readonly version: string;
  readonly signal: AbortSignal;
  /** A fault of ours, for the log of the editor. */
  readonly reportFault: (error: unknown) => void;
}

const capabilities: ServerCapabilities = {
  positionEncoding: PositionEncodingKind.UTF16,
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
  completionProvider: { triggerCharacters: [':', ' ', '-', '{', '"'] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] },
};

/**
 * Serves the Language Server Protocol 3.17 on two streams until the editor says `exit` or goes away. Gives the exit code:
 * 0 after `shutdown`, else 1, as the protocol asks for.
 */
export async function serveLanguage(options: ServeOptions): Promise<number> {
  const { input, output, profile, fetcher, version, signal } = options;
  const connection = createProtocolConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const files = new OpenFiles();
  const diagnostics = new Diagnostics(
    {
      sendDiagnostics: (params) => connection.sendNotification(PublishDiagnosticsNotification.type, params),
      reportFault: options.reportFault,
    },
    { files, profile, fetcher },
  );
  let hasSnippets = false;
  let isShutDown = false;
  const ended = Promise.withResolvers<void>();

  /** Answers about a devfile; what is waiting in the pipe is read before, so that a request taken back is not answered. */
  const answer = async <Result>(
    uri: string,
    token: CancellationToken,
    ask: (document: language.LanguageDocument, file: OpenFile) => Result | Promise<Result>,
  ) => {
    if (isShutDown) return new ResponseError<void>(ErrorCodes.InvalidRequest, 'the server was shut down');
    await new Promise((resolve) => setImmediate(resolve));
    if (token.isCancellationRequested) return new ResponseError<void>(LSPErrorCodes.RequestCancelled, 'taken back');
    const file = files.find(uri);
    return file?.document === undefined ? null : ask(file.document, file);
  };

  connection.onRequest(InitializeRequest.type, (params) => {
    hasSnippets = params.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    return { capabilities, serverInfo: { name: 'devstead', version } };
  });
  connection.onRequest(ShutdownRequest.type, () => {
    isShutDown = true;
  });
  connection.onNotification(ExitNotification.type, () => ended.resolve());
  connection.onClose(() => ended.resolve());
  connection.onNotification(DidOpenTextDocumentNotification.type, (params) => {
    files.open(params);
    diagnostics.schedule(params.textDocument.uri, 0);
  });
  connection.onNotification(DidChangeTextDocumentNotification.type, (params) => {
    files.change(params);
    diagnostics.schedule(params.textDocument.uri);
    diagnostics.scheduleOthers(params.textDocument.uri);
  });
  connection.onNotification(DidSaveTextDocumentNotification.type, ({ textDocument: { uri } }) =>
    diagnostics.schedule(uri, 0),
  );
  connection.onNotification(DidCloseTextDocumentNotification.type, ({ textDocument: { uri } }) => {
    files.close(uri);
    diagnostics.forget(uri);
  });

  connection.onRequest(CompletionRequest.type, ({ textDocument: { uri }, position }, token) =>
    answer(uri, token, (document) =>
      language
        .complete(document, position, diagnostics.listInherited(uri))
        .map((item) => toProtocolItem(item, hasSnippets)),
    ),
  );
  connection.onRequest(HoverRequest.type, ({ textDocument: { uri }, position }, token) =>
    answer(uri, token, (document) => {
      const found = language.hover(document, position);
      return found === undefined
        ? null
        : { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: found.range };
    }),
  );
  connection.onRequest(DefinitionRequest.type, ({ textDocument: { uri }, position }, token) =>
    answer(uri, token, (document) => {
      const named = findNamedFile(uri, document, position);
      return named ?? language.findDefinitions(document, position).map((range) => ({ uri, range }));
    }),
  );
  connection.onRequest(ReferencesRequest.type, ({ textDocument: { uri }, position, context }, token) =>
    answer(uri, token, (document) =>
      language.findReferencesTo(document, position, context.includeDeclaration).map((range) => ({ uri, range })),
    ),
  );
  connection.onRequest(PrepareRenameRequest.type, ({ textDocument: { uri }, position }, token) =>
    answer(uri, token, (document) => {
      const found = language.findRenamed(document, position);
      return found === undefined ? null : { range: found.range, placeholder: found.name };
    }),
  );
  connection.onRequest(RenameRequest.type, ({ textDocument: { uri }, position, newName }, token) =>
    answer(uri, token, (document) => {
      const reason = language.refuseName(document, position, newName);
      if (reason !== undefined) return new ResponseError<void>(LSPErrorCodes.RequestFailed, reason);
      return { changes: { [uri]: language.rename(document, position, newName).map((edit) => ({ ...edit })) } };
    }),
  );
  connection.onRequest(DocumentSymbolRequest.type, ({ textDocument: { uri } }, token) =>
    answer(uri, token, (document) => language.listSymbols(document).map(toProtocolSymbol)),
  );
  connection.onRequest(FoldingRangeRequest.type, ({ textDocument: { uri } }, token) =>
    answer(uri, token, (document) => language.listFoldings(document).map((folding) => ({ ...folding }))),
  );
  connection.onRequest(CodeActionRequest.type, (params, token) =>
    answer(params.textDocument.uri, token, async () => {
      const judged = await diagnostics.find(params.textDocument.uri);
      return judged === undefined ? null : listCodeActions(params, judged);
    }),
  );

  input.once('end', () => ended.resolve());
  signal.addEventListener('abort', () => ended.resolve(), { once: true });
  connection.listen();
  await ended.promise;
  diagnostics.dispose();
  connection.dispose();
  input.destroy();
  return isShutDown ? 0 : 1;
}
