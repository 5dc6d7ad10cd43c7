/**
 * Matching of patterns as gitignore(5) has them. A pattern is compared with a walk that goes back only to the last star,
 * so that no pattern of a hostile repository takes more than (pattern x text) steps, as a regular expression could.
 */
export interface PathPattern {
  readonly segments: readonly SegmentPattern[];
}

type SegmentPattern = typeof anyFolders | string | readonly Token[];

/** `**` as a whole segment: any number of folders. */
const anyFolders = Symbol('**');

type Token =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly isNegated: boolean; readonly has: (character: string) => boolean };

/** Reads `a/*.b`, without a leading or trailing slash. Undefined for what can match nothing: a bracket or `\` without its end. */
export function parsePattern(text: string): PathPattern | undefined {
  const segments: SegmentPattern[] = [];
  for (const part of splitSegments(text)) {
    if (part === '**') {
      segments.push(anyFolders);
      continue;
    }
    if (!/[\\*?[]/.test(part)) {
      segments.push(part);
      continue;
    }
    const tokens = parseSegment(part);
    if (tokens === undefined) return undefined;
    segments.push(tokens);
  }
  return { segments };
}

/** A slash inside brackets still parts segments, as for fnmatch(3) with FNM_PATHNAME. */
function splitSegments(text: string): string[] {
  return text.split('/');
}

function parseSegment(text: string): readonly Token[] | undefined {
  const characters = [...text];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? '';
    if (character === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (character === '?') tokens.push({ kind: 'one' });
    else if (character === '\\') {
      const escaped = characters[at + 1];
      if (escaped === undefined) return undefined;
      tokens.push({ kind: 'character', character: escaped });
      at += 1;
    } else if (character === '[') {
      const set = parseSet(characters, at + 1);
      if (set === undefined) return undefined;
      tokens.push(set.token);
      at = set.end;
    } else tokens.push({ kind: 'character', character });
  }
  return tokens;
}

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\u0000-\u001f\u007f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** The set that begins after a `[`; `end` is where its `]` is. */
function parseSet(characters: readonly string[], from: number): { token: Token; end: number } | undefined {
  let at = from;
  const isNegated = characters[at] === '!' || characters[at] === '^';
  if (isNegated) at += 1;
  const tests: ((character: string) => boolean)[] = [];
  for (let isFirst = true; ; isFirst = false, at += 1) {
    let low = characters[at];
    if (low === undefined) return undefined;
    if (low === ']' && !isFirst) break;
    if (low === '[' && characters[at + 1] === ':') {
      const close = characters.indexOf(']', at + 2);
      const name = characters.slice(at + 2, close - 1).join('');
      const known = classes[name];
      if (close < 0 || characters[close - 1] !== ':' || known === undefined) return undefined;
      tests.push((character) => known.test(character));
      at = close;
      continue;
    }
    if (low === '\\') {
      at += 1;
      low = characters[at];
      if (low === undefined) return undefined;
    }
    let high = low;
    if (characters[at + 1] === '-' && characters[at + 2] !== undefined && characters[at + 2] !== ']') {
      at += 2;
      if (characters[at] === '\\') at += 1;
      high = characters[at] ?? low;
    }
    const [first, last] = [low.codePointAt(0) ?? 0, high.codePointAt(0) ?? 0];
    tests.push((character) => {
      const code = character.codePointAt(0) ?? -1;
      return code >= first && code <= last;
    });
  }
  return { token: { kind: 'set', isNegated, has: (character) => tests.some((test) => test(character)) }, end: at };
}

/** True when a pattern stands for the whole path. A trailing `**` stands for at least one name. */
export function matchesPath({ segments }: PathPattern, path: readonly string[]): boolean {
  let [pattern, name] = [0, 0];
  let [starPattern, starName] = [-1, 0];
  for (;;) {
    const segment = segments[pattern];
    if (segment === anyFolders) {
      if (pattern === segments.length - 1) return name < path.length;
      [starPattern, starName] = [pattern, name];
      pattern += 1;
      continue;
    }
    const text = path[name];
    if (segment === undefined && text === undefined) return true;
    if (segment !== undefined && text !== undefined && matchesName(segment, text)) {
      pattern += 1;
      name += 1;
      continue;
    }
    // The last `**` takes one name more.
    if (starPattern < 0 || starName >= path.length) return false;
    starName += 1;
    [pattern, name] = [starPattern + 1, starName];
  }
}

function matchesName(pattern: Exclude<SegmentPattern, typeof anyFolders>, text: string): boolean {
  if (typeof pattern === 'string') return pattern === text;
  const characters = [...text];
  let [token, at] = [0, 0];
  let [starToken, starAt] = [-1, 0];
  for (;;) {
    const current = pattern[token];
    if (current?.kind === 'star') {
      [starToken, starAt] = [token, at];
      token += 1;
      continue;
    }
    const character = characters[at];
    if (current === undefined && character === undefined) return true;
    if (current !== undefined && character !== undefined && matchesCharacter(current, character)) {
      token += 1;
      at += 1;
      continue;
    }
    if (starToken < 0 || starAt >= characters.length) return false;
    starAt += 1;
    [token, at] = [starToken + 1, starAt];
  }
}

function matchesCharacter(token: Token, character: string): boolean {
  switch (token.kind) {
    case 'character':
      return token.character === character;
    case 'one':
      return true;
    case 'set':
      return token.has(character) !== token.isNegated;
    case 'star':
      return false;
  }
}
