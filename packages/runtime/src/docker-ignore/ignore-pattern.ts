/**
 * One pattern of a `.dockerignore`, compiled. All places of the pattern that a path can have come to are kept at once, so
 * that no pattern takes more than (pattern x path) steps, as a regular expression that goes back could.
 */
export interface IgnorePattern {
  readonly tokens: readonly PatternToken[];
  /** The text itself when nothing in it is special, which is compared as it is. */
  readonly literal?: string;
}

type PatternToken =
  | { readonly kind: 'character'; readonly character: string }
  /** `?`: one character that is no slash. */
  | { readonly kind: 'one' }
  /** `*`: any number of characters that are no slash. */
  | { readonly kind: 'star' }
  /** `**` before something: nothing, or anything up to a slash. */
  | { readonly kind: 'folders' }
  /** `**` at the end, and at the start of a word: anything at all. */
  | { readonly kind: 'anything' }
  | { readonly kind: 'set'; readonly isNegated: boolean; readonly ranges: readonly (readonly [number, number])[] };

/** What is wrong with a pattern, in a few words. */
export interface PatternMistake {
  readonly cause: string;
}

/**
 * Compiles a cleaned pattern as moby/patternmatcher understands it, with the syntax that Go's `filepath.Match` accepts.
 * What that package says by accident is said by the syntax here: `\d` is a `d`, and a star in brackets is a star.
 */
export function compilePattern(text: string): IgnorePattern | PatternMistake {
  const characters = [...text];
  const tokens: PatternToken[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*' && characters[at + 1] === '*') {
      at += 1;
      if (characters[at + 1] === '/') at += 1;
      tokens.push({ kind: at === characters.length - 1 ? 'anything' : 'folders' });
    } else if (character === '*') tokens.push({ kind: 'star' });
    else if (character === '?') tokens.push({ kind: 'one' });
    else if (character === '\\') {
      at += 1;
      const escaped = characters[at];
      if (escaped === undefined) return { cause: 'nothing follows the last `\\`' };
      tokens.push({ kind: 'character', character: escaped });
    } else if (character === '[') {
      const set = readSet(characters, at + 1);
      if ('cause' in set) return set;
      tokens.push(set.token);
      at = set.end;
    } else tokens.push({ kind: 'character', character });
  }
  if (!/[*?\\[]/.test(text)) return { tokens, literal: text };
  // `**name` alone is any path that ends so; with more patterns in it, a name of its own.
  const [first, ...others] = tokens;
  const endsAnywhere = first?.kind === 'folders' && !text.startsWith('**/') && !/[*?\\[\]]/.test(text.slice(2));
  return { tokens: endsAnywhere ? [{ kind: 'anything' }, ...others] : tokens };
}

/** The set that begins after a `[`; `end` is where its `]` is. */
function readSet(characters: readonly string[], from: number): { token: PatternToken; end: number } | PatternMistake {
  let at = from;
  const isNegated = characters[at] === '^';
  if (isNegated) at += 1;
  const ranges: [number, number][] = [];
  const readOne = (): string | undefined => {
    if (characters[at] === '-' || characters[at] === ']') return undefined;
    if (characters[at] === '\\') at += 1;
    at += 1;
    return characters[at - 1];
  };
  while (characters[at] !== ']' || ranges.length === 0) {
    if (characters[at] === undefined) return { cause: 'the `[` has no `]`' };
    const low = readOne();
    let high = low;
    if (low !== undefined && characters[at] === '-') {
      at += 1;
      high = readOne();
    }
    if (low === undefined || high === undefined) return { cause: 'the brackets hold no set of characters' };
    const range: [number, number] = [low.codePointAt(0) ?? 0, high.codePointAt(0) ?? 0];
    if (range[0] > range[1]) return { cause: `the range ${low}-${high} is the wrong way round` };
    ranges.push(range);
  }
  return { token: { kind: 'set', isNegated, ranges }, end: at };
}

/** True when a pattern stands for a path, or for a folder above it. Names parted by slashes, none at its ends. */
export function matchesPathOrParent(pattern: IgnorePattern, path: string): boolean {
  const { literal } = pattern;
  if (literal !== undefined)
    return path.startsWith(literal) && (path.length === literal.length || path[literal.length] === '/');
  return followPath(pattern.tokens, path, true) === 'matches';
}

/** True when a pattern may stand for something below a folder. */
export function mayMatchBelow({ tokens }: IgnorePattern, folder: string): boolean {
  return followPath(tokens, `${folder}/`, false) !== 'cannot';
}

/** Whether the path is in the pattern; with parents, whether one of the folders above is. `open`: more of it might be. */
function followPath(
  tokens: readonly PatternToken[],
  path: string,
  withParents: boolean,
): 'matches' | 'open' | 'cannot' {
  const end = tokens.length;
  let places = openPlace(tokens, new Uint8Array(end + 1), 0);
  for (const character of path) {
    if (withParents && character === '/' && places[end] === reached) return 'matches';
    const next = new Uint8Array(end + 1);
    let isAlive = false;
    for (const [place, token] of tokens.entries()) {
      if (places[place] === 0 || !canTake(token, character)) continue;
      isAlive = true;
      if (token.kind === 'star' || token.kind === 'anything') openPlace(tokens, next, place);
      else if (token.kind !== 'folders' || character === '/') openPlace(tokens, next, place + 1);
      if (token.kind === 'folders' && next[place] === 0) next[place] = within;
    }
    if (!isAlive) return 'cannot';
    places = next;
  }
  return places[end] === reached ? 'matches' : 'open';
}

/** A place of a pattern that a path came to; `within`: in the middle of the folders that `**` stands for. */
const [within, reached] = [1, 2];

/** Comes to a place, and with it to those behind it that need no character. */
function openPlace(tokens: readonly PatternToken[], places: Uint8Array, from: number): Uint8Array {
  for (let place = from; places[place] !== reached; place += 1) {
    places[place] = reached;
    const kind = tokens[place]?.kind;
    if (kind !== 'star' && kind !== 'anything' && kind !== 'folders') break;
  }
  return places;
}

function canTake(token: PatternToken, character: string): boolean {
  switch (token.kind) {
    case 'character':
      return token.character === character;
    case 'one':
    case 'star':
      return character !== '/';
    case 'folders':
    case 'anything':
      return true;
    case 'set': {
      const code = character.codePointAt(0) ?? -1;
      return token.ranges.some(([low, high]) => low <= code && code <= high) !== token.isNegated;
    }
  }
}
