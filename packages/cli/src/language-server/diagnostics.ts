import type { Connection } from './connection.ts';
import { type JudgedFile, type JudgeInput, judgeFile } from './judge-file.ts';
import { toPath } from './open-files.ts';
import { toProtocolDiagnostic } from './to-protocol.ts';

/** So long after the last letter typed the file is judged. */
const quietMs = 150;

/** Judges files when they have changed and tells the editor; keeps the newest judgement of each. */
export class Diagnostics {
  private readonly connection: Connection;
  private readonly input: JudgeInput;
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly judged = new Map<string, JudgedFile>();
  private readonly inherited = new Map<string, JudgedFile['inherited']>();

  constructor(connection: Connection, input: JudgeInput) {
    this.connection = connection;
    this.input = input;
  }

  /** Judges a file soon; a change in between starts the wait again. */
  schedule(uri: string, waitMs: number = quietMs): void {
    clearTimeout(this.timers.get(uri));
    this.timers.set(
      uri,
      setTimeout(() => {
        this.timers.delete(uri);
        this.publish(uri).catch((error: unknown) => this.connection.reportFault(error));
      }, waitMs),
    );
  }

  /** Files that may build on one that has changed. */
  scheduleOthers(uri: string): void {
    const path = toPath(uri);
    for (const other of this.input.files.list()) {
      const read = [...(this.judged.get(other)?.locations.values() ?? [])];
      if (other !== uri && read.some((location) => toPath(location) === path)) this.schedule(other);
    }
  }

  forget(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.judged.delete(uri);
    this.inherited.delete(uri);
    void this.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** What was found in the latest state of a file. */
  async find(uri: string): Promise<JudgedFile | undefined> {
    const file = this.input.files.find(uri);
    const known = this.judged.get(uri);
    if (file === undefined || known?.version === file.version) return known;
    const judged = await judgeFile(file, this.input);
    const isLatest = this.input.files.find(uri)?.version === file.version;
    if (judged !== undefined && isLatest) {
      this.judged.set(uri, judged);
      if (judged.inherited !== undefined) this.inherited.set(uri, judged.inherited);
    }
    return judged;
  }

  /** Names of parents, as they were when the file was last without errors. */
  listInherited(uri: string): NonNullable<JudgedFile['inherited']> {
    return this.inherited.get(uri) ?? [];
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private async publish(uri: string): Promise<void> {
    // A parent may have changed, so what is known of the file is judged anew.
    this.judged.delete(uri);
    const judged = await this.find(uri);
    const file = this.input.files.find(uri);
    if (file === undefined || (judged !== undefined && judged.version !== file.version)) return;
    const diagnostics = (judged?.found ?? []).map((each) =>
      toProtocolDiagnostic(each, file.file, judged?.locations ?? new Map()),
    );
    await this.connection.sendDiagnostics({ uri, version: file.version, diagnostics });
  }
}
