/** What a container may be called by its image: the last part of the repository, without tag and digest. */
export function nameFromImage(image: string): string {
  const [repository = ''] = image.split('@');
  return repository.slice(repository.lastIndexOf('/') + 1).replace(/:.*$/, '') || 'container';
}

/** What a component may be called by the file it is read from: its name without the ending. */
export function nameFromFile(reference: string): string {
  const [path = ''] = reference.split(/[?#]/);
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '') || 'manifest';
}
