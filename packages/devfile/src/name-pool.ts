/** Names of one list of a devfile: lower-case letters, digits and `-`, each once. */
export class NamePool {
  readonly #taken = new Set<string>();
  /** By plain name: the number that the next one of it tries first, so that many of one name cost no more than few. */
  readonly #next = new Map<string, number>();

  /** The wanted name where it is allowed and free, else one as near to it as can be. */
  take(wanted: string, longest = 63): string {
    const plain = toDevfileName(wanted, longest);
    let name = plain;
    let count = this.#next.get(plain) ?? 2;
    for (; this.#taken.has(name); count += 1) {
      const suffix = `-${count}`;
      name = `${plain.slice(0, longest - suffix.length).replace(/-+$/, '')}${suffix}`;
    }
    this.#next.set(plain, count);
    this.#taken.add(name);
    return name;
  }
}

/** The nearest name that a devfile allows (devfile 2, 1.2). */
export function toDevfileName(text: string, longest = 63): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, longest + 1)
    .replace(/^-+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');
  return plain === '' ? 'x' : plain;
}
