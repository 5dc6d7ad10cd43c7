/** What stacks may hold, so that nobody's registry fills this machine. Real ones stay far below. */
export const registryLimits = {
  /** Of stacks and samples in one source, each. */
  stacks: 5000,
  versions: 100,
  /** A devfile, a stack.yaml and every other text that is read. */
  textBytes: 512 * 1024,
  /** One file that is served from memory. */
  fileBytes: 8 * 2 ** 20,
  /** All files of one version. */
  versionBytes: 32 * 2 ** 20,
  versionFiles: 2000,
  /** All files of a source that are kept in memory. */
  sourceBytes: 512 * 2 ** 20,
  folderDepth: 12,
  /** One archive of a starter project, packed. */
  starterBytes: 256 * 2 ** 20,
  /** All archives of starter projects that are kept; those used longest ago go first. */
  starterCacheBytes: 2 * 2 ** 30,
  starterCacheFiles: 1000,
  iconBytes: 256 * 1024,
  /** The index of another registry. */
  indexBytes: 32 * 2 ** 20,
} as const;
