import { fileURLToPath } from 'node:url';
import { type LanguageDocument, openDocument } from '@devstead/devfile/language';
import type { DidChangeTextDocumentParams, DidOpenTextDocumentParams } from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { isDevfile } from './is-devfile.ts';

/** A file that an editor has open, in its latest state. */
export interface OpenFile {
  readonly uri: string;
  readonly version: number;
  /** Path of a file of this machine, else the URI. */
  readonly file: string;
  readonly text: string;
  /** Read when first asked for. Nothing for a file that is no devfile. */
  readonly document: LanguageDocument | undefined;
}

/** More than an editor has open; the oldest is forgotten. */
const mostFiles = 500;

/** What is open, by URI. Changes come as pieces and are put together here. */
export class OpenFiles {
  private readonly texts = new Map<string, TextDocument>();
  private readonly read = new Map<string, OpenFile>();

  open({ textDocument: { uri, languageId, version, text } }: DidOpenTextDocumentParams): void {
    const [oldest] = this.texts.keys();
    if (this.texts.size >= mostFiles && oldest !== undefined) this.close(oldest);
    this.set(uri, TextDocument.create(uri, languageId, version, text));
  }

  change({ textDocument: { uri, version }, contentChanges }: DidChangeTextDocumentParams): void {
    const before = this.texts.get(uri);
    if (before !== undefined) this.set(uri, TextDocument.update(before, [...contentChanges], version));
  }

  close(uri: string): void {
    this.texts.delete(uri);
    this.read.delete(uri);
  }

  /** The file in its latest state. */
  find(uri: string): OpenFile | undefined {
    const known = this.read.get(uri);
    const text = this.texts.get(uri);
    if (known !== undefined || text === undefined) return known;
    const file = createOpenFile(text);
    this.read.set(uri, file);
    return file;
  }

  /** The text of a file of this machine that is open: newer than what is on the disk. Editors escape URIs each in their way. */
  findText(address: string): string | undefined {
    const path = toPath(address);
    const uri = this.texts.has(address) ? address : this.list().find((each) => toPath(each) === path);
    return uri === undefined ? undefined : this.texts.get(uri)?.getText();
  }

  list(): readonly string[] {
    return [...this.texts.keys()];
  }

  private set(uri: string, text: TextDocument): void {
    this.texts.set(uri, text);
    this.read.delete(uri);
  }
}

function createOpenFile(source: TextDocument): OpenFile {
  const text = source.getText();
  const { uri, version } = source;
  const file = toPath(uri);
  let document: LanguageDocument | undefined;
  return {
    uri,
    version,
    file,
    text,
    get document() {
      if (document === undefined && isDevfile(uri, text)) document = openDocument(text, file);
      return document;
    },
  };
}

/** The path of a file of this machine, else the URI. */
export function toPath(uri: string): string {
  try {
    return fileURLToPath(uri);
  } catch {
    return uri;
  }
}
