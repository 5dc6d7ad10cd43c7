/** The way from a folder to a path, both absolute and clean: `.` for the folder itself, `../x` beside it. */
export function relativePath(folder: string, path: string): string {
  const from = words(folder);
  const to = words(path);
  let shared = 0;
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared += 1;
  const way = [...from.slice(shared).map(() => '..'), ...to.slice(shared)];
  return way.join('/') || '.';
}

function words(path: string): string[] {
  return path.split('/').filter((word) => word !== '');
}
