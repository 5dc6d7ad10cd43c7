import { posix } from 'node:path';
import { isDockerIgnored, listDockerIgnore } from '../docker-ignore/docker-ignore.ts';
import { expandVariables } from './expand-variables.ts';
import { isSecretFile } from './find-secrets.ts';
import type { Report } from './report.ts';
import type { Instruction } from './types.ts';

/** A file of the context, as far as it matters here. */
export interface SourceFile {
  readonly path: string;
  readonly type: 'folder' | 'file' | 'link';
  readonly target?: string;
}

const mostNamed = 3;

/**
 * Says of COPY and ADD what of their sources is not in the context (`dockerfile.not-in-context`), leads out of it, or
 * is a file with secrets (`dockerfile.secret-in-image`).
 */
export function checkSources(
  instruction: Instruction,
  variables: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, SourceFile>,
  report: Report,
): void {
  const { keyword, flags, heredocs } = instruction;
  if (keyword !== 'COPY' && keyword !== 'ADD') return;
  if (flags.some(({ name }) => name === 'from')) return;
  for (const { text: written, place } of listSources(instruction)) {
    const { text, unknown } = expandVariables(written, variables);
    if (unknown.length > 0 || heredocs.some(({ name }) => written.includes(`<<`) && written.includes(name))) continue;
    if (keyword === 'ADD' && /^(?:[a-z]+:\/\/|git@)/i.test(text)) {
      if (/^(?:git@|ssh:|git:)|\.git(?:#.*)?$/i.test(text))
        report('dockerfile.not-supported', 'ADD does not fetch repositories of Git', place, {
          hint: 'Clone it beside the Dockerfile, or in a RUN step.',
        });
      continue;
    }
    checkSource(text, place, keyword, files, report);
  }
}

function listSources({
  list,
  words,
  line,
  column,
}: Instruction): { text: string; place: { line: number; column: number } }[] {
  if (list !== undefined) return list.slice(0, -1).map((text) => ({ text, place: { line, column } }));
  return words.slice(0, -1).map((word) => ({ text: word.text, place: word }));
}

function checkSource(
  text: string,
  place: { readonly line: number; readonly column: number },
  keyword: string,
  files: ReadonlyMap<string, SourceFile>,
  report: Report,
): void {
  const path = posix.normalize(`/${text}`).replace(/^\/|\/$/g, '');
  const taken = path === '' ? [...files.values()] : findFiles(path, files);
  if (taken.length === 0 && path !== '') {
    report('dockerfile.not-in-context', `${keyword} takes ${text.slice(0, 200)}, which is not in the context`, place, {
      hint: 'Paths are from the context’s folder on; a .dockerignore may leave it out.',
    });
    return;
  }
  const link = files.get(path);
  if (link?.type === 'link' && leadsOut(link))
    report('dockerfile.not-in-context', `${path} is a link out of the context`, place, {
      hint: 'Copy the file itself there, or name its folder by --build-context.',
    });
  const secrets = taken.filter((file) => file.type === 'file' && isSecretFile(file.path)).map((file) => file.path);
  if (secrets.length === 0) return;
  const named = secrets.slice(0, mostNamed).join(', ');
  const others = secrets.length > mostNamed ? ` and ${secrets.length - mostNamed} others` : '';
  report('dockerfile.secret-in-image', `${keyword} would put ${named}${others} into the image`, place, {
    hint: 'Name it in .dockerignore; what a step needs of it comes by RUN --mount=type=secret.',
  });
}

/** The files that a path or a pattern (Go's `filepath.Match`) stands for, with all below. */
function findFiles(path: string, files: ReadonlyMap<string, SourceFile>): SourceFile[] {
  if (!/[*?[\\]/.test(path)) {
    if (!files.has(path)) return [];
    return [...files.values()].filter((file) => file.path === path || file.path.startsWith(`${path}/`));
  }
  const { ignore } = listDockerIgnore([path]);
  return [...files.values()].filter((file) => isDockerIgnored(ignore, file.path));
}

function leadsOut({ path, target = '' }: SourceFile): boolean {
  if (target.startsWith('/')) return true;
  return posix.normalize(posix.join(posix.dirname(path), target)).startsWith('..');
}
