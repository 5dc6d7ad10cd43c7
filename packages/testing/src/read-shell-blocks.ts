/** The command lines of a Markdown text's `sh` blocks, without the comments behind them. */
export function readShellBlocks(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  return blocks.flatMap((text) => text.split('\n').map((line) => line.replace(/\s+#.*$/, '').trim())).filter(Boolean);
}
