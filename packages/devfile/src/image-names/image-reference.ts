/** A relative image name is one that no registry is named in: `app`, `team/app:1`. Images that a devfile builds have such. */
export function isRelativeImage(name: string): boolean {
  const slash = name.indexOf('/');
  if (slash === -1) return true;
  const host = name.slice(0, slash);
  const hasHost = /[.:]/.test(host) || host === 'localhost' || host !== host.toLowerCase();
  // Names of the Docker hub have a short and a long form, and the short one is no whole name.
  if (host === 'docker.io') return !name.slice(slash + 1).includes('/');
  return !hasHost || host === 'index.docker.io';
}

/** The last part of an image's name, without registry, folders, tag and digest; nothing for what is no name. */
export function baseNameOf(image: string): string | undefined {
  const path = (image.split('@', 1)[0] ?? '').split('/').at(-1) ?? '';
  const [name = ''] = path.split(':', 1);
  return /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name) ? name : undefined;
}
