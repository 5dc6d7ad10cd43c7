import type { PublishDiagnosticsParams } from 'vscode-languageserver-protocol/node';

/** What the server says unasked. */
export interface Connection {
  sendDiagnostics(params: PublishDiagnosticsParams): Promise<void>;
  /** A fault of ours, for the log of the editor. */
  reportFault(error: unknown): void;
}
