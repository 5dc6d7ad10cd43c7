/** What `devstead watch` tells; one line of `devstead watch --output json` each. Durations are milliseconds. */
export type WatchEvent =
  | {
      readonly event: 'watching';
      readonly folders: readonly string[];
      readonly folderCount: number;
      readonly durationMs: number;
    }
  | {
      readonly event: 'changed';
      readonly count: number;
      readonly isPartial: boolean;
      /** The first of them, relative to the project. */
      readonly paths: readonly string[];
      readonly branch?: { readonly from: string; readonly to: string };
    }
  | { readonly event: 'unaffected'; readonly command: string; readonly reason: 'hot-reload' }
  | { readonly event: 'build.started'; readonly command: string; readonly sinceChangeMs?: number }
  | { readonly event: 'build.skipped'; readonly command: string; readonly reason: 'event' | 'patterns' }
  | { readonly event: 'build.ended'; readonly command: string; readonly exitCode: number; readonly durationMs: number }
  | { readonly event: 'restart.started'; readonly command: string; readonly sinceChangeMs: number }
  | { readonly event: 'run.started'; readonly command: string; readonly wasForced?: boolean }
  | { readonly event: 'run.ended'; readonly command: string; readonly exitCode: number }
  | {
      readonly event: 'devfile.changed';
      readonly file: string;
      readonly differences: readonly string[];
      readonly isApplied: boolean;
    }
  | { readonly event: 'devfile.invalid'; readonly file: string; readonly message: string }
  | { readonly event: 'environment.changed' }
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'ended'; readonly reason: 'interrupted' | 'workspace-stopped' | 'folder-gone' };

/** Of very many changed paths so many are named. */
export const namedPaths = 20;
