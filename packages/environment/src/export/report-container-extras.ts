import type { Container } from '../types.ts';
import type { Losses } from './losses.ts';

/** Says of a container what only manifests and services of a registry give it, and no target holds. */
export function reportContainerExtras({ name, aliases = [], files = [] }: Container, losses: Losses): void {
  if (aliases.length > 0) losses.drop(`containers.${name}.aliases`, `${name} is not known as ${aliases.join(', ')}.`);
  for (const { path } of files) losses.drop(`containers.${name}.files`, `${name} is without the file ${path}.`);
}
