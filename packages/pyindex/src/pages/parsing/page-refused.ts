/** What another index sent is no page of an index, or too much. `message` is a part of a sentence. */
export class PageRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PageRefused';
  }
}

/** More than the largest project or index has; a page with more is refused. */
export const mostFilesOnPage = 200_000;
export const mostProjectsOnPage = 2_000_000;
