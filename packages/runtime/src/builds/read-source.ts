import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { AppError } from '@devstead/kit';
import { dockerfileLimits } from '../dockerfile/read-dockerfile.ts';
import type { BuildOrder } from './build-order.ts';
import type { OpenContext } from './context/open-contexts.ts';

/** A Dockerfile's text. */
export interface DockerfileSource {
  /** Absent where the text is of no file. */
  readonly path?: string;
  readonly text: string;
  /** For people. */
  readonly file: string;
}

/** Reads the Dockerfile of a build. Throws UNREADABLE_INPUT. */
export function readSource(order: BuildOrder, { folder, fetched }: OpenContext): DockerfileSource {
  const { dockerfile, inline, shownFile, namedAt } = order;
  if (inline !== undefined) return { text: inline, file: shownFile ?? 'Dockerfile' };
  const usual = ['Dockerfile', 'Containerfile'].map((name) => join(folder, name));
  const named = dockerfile === undefined || isAbsolute(dockerfile) ? dockerfile : join(folder, dockerfile);
  const path = named ?? usual.find((one) => statSync(one, { throwIfNoEntry: false }) !== undefined) ?? usual[0] ?? '';
  const shown = fetched === undefined ? path : `${fetched.shown}:${path.slice(folder.length + 1)}`;
  const file = shownFile ?? shown;
  const info = statSync(path, { throwIfNoEntry: false });
  if (info?.isFile() !== true || (fetched !== undefined && leadsOut(path, folder)))
    throw new AppError(
      'UNREADABLE_INPUT',
      `${namedAt === undefined ? '' : `${namedAt} `}there is no Dockerfile ${file}`,
      {
        hint: 'Write one there, or name another: by `dockerfile` of the service, by `uri` of the image component, or with `image build -f`.',
      },
    );
  if (info.size > dockerfileLimits.bytes)
    throw new AppError('UNREADABLE_INPUT', `${file} is too large for a Dockerfile`);
  return { path, text: readFileSync(path, 'utf8'), file };
}

/** A repository of somebody else may have a link to any file of this machine. */
function leadsOut(path: string, folder: string): boolean {
  return !realpathSync(path).startsWith(`${realpathSync(folder)}/`);
}
