/** What a devfile may ask of the reader. Real files stay far below; no parser is ever given more. */
export interface Limits {
  /** UTF-8 bytes of the file. */
  readonly bytes: number;
  /** Levels of maps and lists inside each other. */
  readonly depth: number;
  readonly keysPerMap: number;
  readonly aliases: number;
  /** Values in the document once every alias is expanded. */
  readonly nodes: number;
}

export const limits: Limits = {
  bytes: 512 * 1024,
  depth: 64,
  keysPerMap: 2000,
  aliases: 1000,
  nodes: 100_000,
};

/**
 * The limits for files of up to so many bytes. Where larger ones are allowed, what lies in them may grow by as much; the
 * depth stays, because it costs a parser's stack.
 */
export function makeLimits(bytes: number = limits.bytes): Limits {
  const factor = Math.max(1, bytes / limits.bytes);
  return {
    bytes,
    depth: limits.depth,
    keysPerMap: Math.floor(limits.keysPerMap * factor),
    aliases: Math.floor(limits.aliases * factor),
    nodes: Math.floor(limits.nodes * factor),
  };
}
