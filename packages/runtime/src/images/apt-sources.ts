/** One archive that packages come from. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  /** Path of a keyring or a fingerprint, as `Signed-By` has it. */
  readonly signedBy?: string;
  /** An ASCII-armoured key written into the sources file itself. */
  readonly key?: string;
  /** Other options that were set for it, such as `check-valid-until`, as lines of sources.list have them. */
  readonly options: Readonly<Record<string, string>>;
}

/** The release images are made from. */
export const release = 'bookworm';

const wantedSuites = [release, `${release}-updates`, `${release}-security`];
const keptOptions = ['trusted', 'check-valid-until', 'check-date', 'by-hash'];

/** What a file of sources says, before it is known whether it is wanted. */
interface Stanza {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly options: Readonly<Record<string, string>>;
}

/** Entries of a file in the one-line form (sources.list(5)) that have packages of this release's `main`. */
export function parseSourcesList(text: string): AptSource[] {
  return text.split('\n').flatMap((raw) => {
    const line = raw.replace(/#.*/, '').trim();
    const found = /^(\S+)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(\S.*)$/.exec(line);
    if (found === null) return [];
    const [, type = '', bracket = '', uri = '', suite = '', components = ''] = found;
    const pairs = bracket.split(/\s+/).map((word) => word.split(/=(.*)/));
    const options = Object.fromEntries(pairs.map(([name = '', value = '']) => [name.toLowerCase(), value]));
    return selectSources({
      types: [type],
      uris: [uri],
      suites: [suite],
      components: components.split(/\s+/),
      options,
    });
  });
}

/** Entries of a file in the deb822 form (sources.list(5)) that have packages of this release's `main`. */
export function parseDeb822Sources(text: string): AptSource[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const blocks = lines.map((line) => (line.trim() === '' ? '' : line)).join('\n');
  return blocks.split(/\n{2,}/).flatMap((block) => {
    const fields = parseFields(block);
    const words = (name: string): string[] => (fields[name] ?? '').split(/\s+/).filter((word) => word !== '');
    if (/^(no|false|0)$/i.test(fields['enabled'] ?? 'yes')) return [];
    return selectSources({
      types: words('types'),
      uris: words('uris'),
      suites: words('suites'),
      components: words('components'),
      options: fields,
    });
  });
}

function parseFields(block: string): Record<string, string> {
  const fields: Record<string, string> = {};
  let name = '';
  for (const line of block.split('\n')) {
    const found = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line);
    if (found !== null) {
      name = (found[1] ?? '').toLowerCase();
      fields[name] = (found[2] ?? '').trim();
    } else if (/^\s/.test(line) && name !== '') {
      // A lone dot stands for an empty line.
      fields[name] += `\n${line.trim() === '.' ? '' : line.trim()}`;
    }
  }
  return fields;
}

function selectSources(stanza: Stanza): AptSource[] {
  const { types, uris, suites, components, options } = stanza;
  if (!types.includes('deb') || !components.includes('main')) return [];
  const kept = Object.fromEntries(Object.entries(options).filter(([name]) => keptOptions.includes(name)));
  const signature = options['signed-by']?.trim();
  const signed = signature?.includes('-----BEGIN') ? { key: `${signature}\n` } : { signedBy: signature ?? '' };
  return uris
    .filter((uri) => /^(https?|file|ftp|mirror(\+\w+)?|tor(\+\w+)?):/.test(uri))
    .flatMap((uri) => suites.filter((suite) => wantedSuites.includes(suite)).map((suite) => ({ uri, suite })))
    .map((source) => ({ ...source, ...(signed.signedBy === '' ? {} : signed), options: kept }));
}

/** The sources for a mirror that a person named: the release and its updates. */
export function sourcesOfMirror(uri: string): AptSource[] {
  return [release, `${release}-updates`].map((suite) => ({ uri, suite, options: {} }));
}

/**
 * Lines of sources.list, each archive once. `keyFile` tells where the key of a source that brings its own was put,
 * and which keyring holds for a source that names none.
 */
export function renderSources(
  sources: readonly AptSource[],
  keyFile: (source: AptSource) => string | undefined,
): string[] {
  const lines = sources.map((source) => {
    const signedBy = source.signedBy ?? keyFile(source);
    const options = { ...source.options, ...(signedBy === undefined ? {} : { 'signed-by': signedBy }) };
    const words = Object.entries(options).map(([name, value]) => `${name}=${value.replaceAll(/\s+/g, ',')}`);
    const bracket = words.length === 0 ? '' : `[${words.join(' ')}] `;
    return `deb ${bracket}${source.uri} ${source.suite} main`;
  });
  return [...new Set(lines)];
}
