/** What fetches sources and unpacks archives; apart from the rest, which most commands need without it. */
export { extractArchive } from './extract-archive.ts';
export { fetchSource } from './fetch-source.ts';
