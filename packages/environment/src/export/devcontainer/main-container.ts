import type { Container } from '../../types.ts';
import type { ExportSource } from '../types.ts';

interface MainContainer {
  readonly container: Container;
  /** Where it has the sources; absent where it has none. */
  readonly folder?: string;
}

/** The container that an editor works in: the first that has the sources, else the first. */
export function findMainContainer({ environment, folder }: ExportSource): MainContainer | undefined {
  const found = environment.containers.map((container): MainContainer => {
    const bind = container.service?.binds.find(({ source }) => source === folder);
    const place = container.sources?.project ?? bind?.path;
    return { container, ...(place === undefined ? {} : { folder: place }) };
  });
  return found.find((one) => one.folder !== undefined) ?? found[0];
}
