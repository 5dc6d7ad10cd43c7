/** A mount in its long form, as the short form says it. */
export interface ShortVolume {
  readonly type: 'bind' | 'volume';
  readonly source?: string;
  readonly target: string;
  readonly isReadOnly: boolean;
  readonly noCopy: boolean;
  readonly selinux?: string;
  readonly propagation?: string;
}

export type VolumeReading = { readonly volume: ShortVolume } | { readonly problem: string };

const propagations = ['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'];

/** The short form of a mount: `[SOURCE:]TARGET[:OPTIONS]` (Compose Specification, volumes, short syntax). */
export function parseVolume(text: string): VolumeReading {
  if (text === '') return { problem: 'the mount is empty' };
  const words = text.length <= 2 ? [text] : splitSections(text);
  if (words.includes('')) return { problem: `${text} has an empty part between its colons` };
  if (words.length > 3) return { problem: `${text} has too many colons` };
  const [first = '', second, options = ''] = words;
  const source = second === undefined ? undefined : first;
  const target = second ?? first;
  const flags = options === '' ? [] : options.split(',');
  const selinux = flags.findLast((flag) => flag === 'z' || flag === 'Z');
  const propagation = flags.findLast((flag) => propagations.includes(flag));
  return {
    volume: {
      type: source !== undefined && isPath(source) ? 'bind' : 'volume',
      ...(source === undefined ? {} : { source }),
      target,
      isReadOnly: flags.findLast((flag) => flag === 'ro' || flag === 'rw') === 'ro',
      noCopy: flags.includes('nocopy'),
      ...(selinux === undefined ? {} : { selinux }),
      ...(propagation === undefined ? {} : { propagation }),
    },
  };
}

/** True for what names a file or a folder of the machine rather than a volume. */
function isPath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^[a-z]:/i.test(source);
}

/** The parts between colons; a drive letter keeps its colon, and one inside `${…}` parts nothing. */
function splitSections(text: string): readonly string[] {
  const sections: string[] = [];
  let section = '';
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '$' && text[index + 1] === '{') depth += 1;
    if (character === '}' && depth > 0) depth -= 1;
    if (character === ':' && depth === 0 && !/^[a-z]$/i.test(section)) {
      sections.push(section);
      section = '';
    } else {
      section += character;
    }
  }
  return [...sections, section];
}
