import { baseNameOf } from '../values/paths.ts';

/** A file that a Git repository, a registry or a server has. */
export function isRemoteFile(path: string): boolean {
  return /^(https?|git|ssh|oci):\/\//.test(path) || path.startsWith('git@') || path.startsWith('github.com/');
}

/** What can stand in a line for a shell as it is. Addresses are words of strangers. */
const plainWords = /^[\w.:/@+~-]+$/;

/**
 * How to have a file of elsewhere in the project: the line that fetches it, and the path to name then. Undefined for what is
 * not understood (`https://…/x.git#REF:FOLDER` is, as docker compose has it).
 */
export function hintToFetch(path: string): string | undefined {
  const [address = '', fragment = ''] = path.split('#', 2);
  const [reference = '', below = ''] = fragment.split(':', 2);
  if (![address, reference, below].every((word) => word === '' || plainWords.test(word))) return undefined;
  if ([address, reference].some((word) => word.startsWith('-')) || address.startsWith('oci:')) return undefined;
  if (/^https?:/.test(address) && /\.ya?ml$/.test(address)) {
    return `Download it once, \`curl -fLO ${address}\`, and name ${baseNameOf(address)}.`;
  }
  const folder = baseNameOf(address.replace(/\/+$/, '')).replace(/\.git$/, '');
  if (!/^\w[\w.-]*$/.test(folder)) return undefined;
  const url = address.startsWith('github.com/') ? `https://${address}` : address;
  const revision = reference === '' ? '' : ` --branch ${reference}`;
  const file = /\.ya?ml$/.test(below) ? below : [below, 'compose.yaml'].filter(Boolean).join('/');
  return `Fetch it once, \`git clone${revision} ${url} ${folder}\`, and name ${folder}/${file}.`;
}
