import { isAbsolute } from 'node:path';
import { AppError } from '@devstead/kit';
import { withoutCredentials } from '../../projects/git-address.ts';

/** What a context is: a folder of this machine, an image, or a folder of a Git repository. */
export type ContextAddress =
  | { readonly type: 'folder'; readonly folder: string }
  | { readonly type: 'image'; readonly reference: string }
  | {
      readonly type: 'git';
      readonly address: string;
      /** Branch, tag or commit. */
      readonly revision?: string;
      /** From the repository's root on; `.` for the whole. */
      readonly subfolder: string;
    };

/**
 * Reads what docker takes for a context: an absolute folder, `docker-image://REFERENCE`, or the address of a Git repository
 * with `#REVISION:FOLDER` behind it. Throws USAGE for archives by http and other kinds.
 */
export function readContextAddress(text: string): ContextAddress {
  if (isAbsolute(text)) return { type: 'folder', folder: text };
  if (text.startsWith('docker-image://'))
    return { type: 'image', reference: text.slice('docker-image://'.length).replace(/\/$/, '') };
  const [address = '', fragment = ''] = text.split(/#(.*)/s);
  const isGit =
    /^(?:ssh:\/\/|git:\/\/|[\w.-]+@[\w.-]+:)/.test(address) || /^(?:https?:\/\/|github\.com\/).*\.git$/.test(address);
  if (!isGit && !address.startsWith('github.com/'))
    throw new AppError('USAGE', `nothing is built from ${withoutCredentials(text)}`, {
      hint: 'A context is a folder, the address of a Git repository (https://…/NAME.git#BRANCH:FOLDER), or docker-image://NAME. Fetch an archive, unpack it, and name its folder.',
    });
  const [revision = '', subfolder = ''] = fragment.split(/:(.*)/s);
  return {
    type: 'git',
    address: address.startsWith('github.com/') ? `https://${address}` : address,
    ...(revision === '' ? {} : { revision }),
    subfolder: subfolder === '' ? '.' : subfolder,
  };
}
