/** What a devfile may ask of the reader. Real files stay far below; the YAML library is never given more. */
export const limits = {
  /** UTF-8 bytes of the file. */
  bytes: 512 * 1024,
  /** Levels of maps and lists inside each other. */
  depth: 64,
  keysPerMap: 2000,
  aliases: 1000,
  /** Values in the document once every alias is expanded. */
  nodes: 100_000,
} as const;
