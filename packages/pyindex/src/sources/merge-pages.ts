import type { ProjectList, ProjectPage, ReleaseFile } from '../source.ts';

/** Pages of one project as one. Of two files with one name that of the earlier page counts. */
export function mergePages(name: string, pages: readonly ProjectPage[]): ProjectPage {
  const [only] = pages;
  if (only !== undefined && pages.length === 1) return only;
  const files = new Map<string, ReleaseFile>();
  for (const { files: each } of pages) {
    for (const file of each) if (!files.has(file.filename)) files.set(file.filename, file);
  }
  const withheld = pages.flatMap((page) => page.withheld ?? []);
  const notes = pages.flatMap((page) => page.notes ?? []);
  const status = pages.find((page) => page.status !== undefined)?.status;
  const serials = pages.flatMap(({ upstreamSerial }) => (upstreamSerial === undefined ? [] : [upstreamSerial]));
  const [serial] = serials;
  return {
    name,
    files: [...files.values()],
    versions: [...new Set(pages.flatMap((page) => page.versions ?? []))],
    ...(status === undefined ? {} : { status }),
    ...(pages.some((page) => page.isPrivate === true) ? { isPrivate: true } : {}),
    ...(withheld.length === 0 ? {} : { withheld }),
    ...(notes.length === 0 ? {} : { notes }),
    ...(serial === undefined || serials.length > 1 ? {} : { upstreamSerial: serial }),
    ...mergeAges(pages),
  };
}

/** Lists of projects as one, sorted. */
export function mergeLists(lists: readonly ProjectList[]): ProjectList {
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return only;
  return { names: [...new Set(lists.flatMap(({ names }) => names))].sort(), ...mergeAges(lists) };
}

/** As fresh as the least fresh of them. */
function mergeAges(all: readonly Pick<ProjectPage, 'freshUntilMs' | 'staleSince'>[]) {
  const fresh = all.flatMap(({ freshUntilMs }) => freshUntilMs ?? []);
  const [stale] = all.flatMap(({ staleSince }) => staleSince ?? []).sort();
  return {
    ...(fresh.length === 0 ? {} : { freshUntilMs: Math.min(...fresh) }),
    ...(stale === undefined ? {} : { staleSince: stale }),
  };
}
