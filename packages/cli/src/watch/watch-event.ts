/** What `devstead watch` tells; one line of `devstead watch --output json` each. Those of syncs and services
 * are of compose projects. Durations are milliseconds. */
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
  | {
      readonly event: 'sync.started';
      readonly service: string;
      readonly count: number;
      /** What is there is brought into a container that has none of it; else what changed. */
      readonly isInitial: boolean;
      /** The first of them, relative to the rule's path. */
      readonly paths: readonly string[];
    }
  | {
      readonly event: 'sync.ended';
      readonly service: string;
      readonly count: number;
      readonly isInitial: boolean;
      readonly durationMs: number;
      readonly sinceChangeMs?: number;
    }
  | {
      readonly event: 'exec.ended';
      readonly service: string;
      readonly command: readonly string[];
      readonly exitCode: number;
      readonly durationMs: number;
    }
  | { readonly event: 'services.restarted'; readonly services: readonly string[]; readonly sinceChangeMs: number }
  | { readonly event: 'rebuild.started'; readonly services: readonly string[] }
  | { readonly event: 'rebuild.ended'; readonly services: readonly string[]; readonly durationMs: number }
  | { readonly event: 'rebuild.failed'; readonly services: readonly string[]; readonly message: string }
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'ended'; readonly reason: 'interrupted' | 'workspace-stopped' | 'folder-gone' };

/** Of very many changed paths so many are named. */
export const namedPaths = 20;
