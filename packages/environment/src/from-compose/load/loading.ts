import type { Reporter } from '../report.ts';
import type { Place } from '../tree/node.ts';
import type { ComposeFiles } from './files.ts';
import { hintToFetch, isRemoteFile } from './remote-file.ts';
import type { PathBase } from './resolve-paths.ts';

/** Files a project may be made of, those that are included and extended counted each time. */
const mostFiles = 300;

export interface Loading {
  readonly files: ComposeFiles;
  readonly report: Reporter;
  readonly home?: string;
  readonly isInterpolated: boolean;
  readonly resolvesPaths: boolean;
  /** How a file is shown to people. */
  nameFile(path: string): string;
  count: number;
}

export function pathBase(folder: string, { home }: Loading): PathBase {
  return { folder, ...(home === undefined ? {} : { home }) };
}

/** Gives `compose.remote`, with how to have the file here. */
export function reportRemote(report: Reporter, path: string, namedAt: Place | undefined): void {
  const hint = hintToFetch(path);
  report.error('compose.remote', namedAt, `${path} is not fetched`, hint === undefined ? {} : { hint });
}

/** The text of a file; undefined after saying why there is none. */
export function readText(path: string, namedAt: Place | undefined, loading: Loading): string | undefined {
  const { report } = loading;
  loading.count += 1;
  if (loading.count > mostFiles) {
    report.error('compose.too-large', namedAt, `the project is made of more than ${mostFiles} files`);
    return undefined;
  }
  if (isRemoteFile(path)) {
    reportRemote(report, path, namedAt);
    return undefined;
  }
  const found = loading.files.find(path);
  if (found.kind === 'file') return found.text;
  const reason = found.kind === 'unreadable' ? `cannot be read: ${found.reason}` : '';
  const why = { folder: 'is a folder', absent: 'is not there', unreadable: reason }[found.kind];
  report.error('compose.not-found', namedAt, `${path} ${why}`);
  return undefined;
}
