interface BuildWords {
  /** Build arguments, each `NAME=VALUE` or `NAME`. */
  readonly args: readonly string[];
  readonly target?: string;
  /** Options of an engine that mean nothing here. */
  readonly others: readonly string[];
}

/**
 * The `args` of a devfile's image: options of an engine's `build`, as odo passes them on (`--build-arg=A=1`, `--build-arg`, `A=1`,
 * `--target=dev`). `NAME=VALUE` alone is taken for a build argument.
 */
export function readBuildWords(words: readonly string[]): BuildWords {
  const args: string[] = [];
  const others: string[] = [];
  let target: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [, option, attached] = /^(--build-arg|--target)(?:=(.*))?$/s.exec(word) ?? [];
    const value = attached ?? words[index + 1];
    if (option !== undefined && value !== undefined) {
      if (attached === undefined) index += 1;
      if (option === '--target') target = value;
      else args.push(value);
    } else if (/^[A-Za-z_]\w*(=|$)/.test(word)) args.push(word);
    else others.push(word);
  }
  return { args, others, ...(target === undefined ? {} : { target }) };
}

/** `NAME=VALUE` as a pair; without a value an empty one. */
export function splitPair(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
