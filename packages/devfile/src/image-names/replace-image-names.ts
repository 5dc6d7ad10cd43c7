import type { Problem } from '../problem.ts';
import type { Component, Devfile, DocumentPath } from '../types.ts';
import { baseNameOf, isRelativeImage } from './image-reference.ts';

/** Where images that a devfile builds are to be found. */
export interface ImageNames {
  /** Registry and path, for example `registry.example.com/team`. */
  readonly registry: string;
  readonly tag: string;
}

export interface ReplacedNames {
  readonly devfile: Devfile;
  readonly problems: readonly Problem[];
  /** By path of a value that was replaced: why. */
  readonly reasons: ReadonlyMap<string, string>;
}

/**
 * Relative names of image components are selectors: each stands for `REGISTRY/DEVFILE-IMAGE:TAG`, and takes the place of
 * every image with the same last part, whatever its registry and tag, in image and container components and in inlined
 * manifests (odo, 4.5). A manifest that cannot be read stays, with `devfile.manifest-unread`.
 */
export async function replaceImageNames(devfile: Devfile, names: ImageNames): Promise<ReplacedNames> {
  const replacements = listReplacements(devfile, names);
  const reasons = new Map<string, string>();
  const problems: Problem[] = [];
  if (replacements.size === 0) return { devfile, problems, reasons };
  const replace = (image: string | undefined): string | undefined =>
    image === undefined ? undefined : replacements.get(baseNameOf(image) ?? '');
  const components: Component[] = [];
  for (const [index, component] of (devfile.components ?? []).entries()) {
    const note = (path: DocumentPath, image: string): void => {
      reasons.set(
        ['components', index, ...path].join('\0'),
        `${baseNameOf(image)} is an image that the devfile builds`,
      );
    };
    components.push(replaceSimple(component, replace, note));
    const kind = (['kubernetes', 'openshift'] as const).find((one) => component[one]?.inlined !== undefined);
    const text = kind === undefined ? undefined : component[kind]?.inlined;
    if (kind === undefined || text === undefined) continue;
    // Loaded only for manifests, because it brings the YAML parser with it.
    const { replaceInManifest } = await import('./replace-in-manifest.ts');
    const replaced = replaceInManifest(text, replace);
    if (replaced === undefined) {
      problems.push({
        code: 'devfile.manifest-unread',
        severity: 'warning',
        path: ['components', index, kind, 'inlined'],
        message: `the manifest of ${component.name} cannot be read, so image names in it stay as they are`,
      });
    } else if (replaced !== text) {
      reasons.set(['components', index, kind, 'inlined'].join('\0'), 'images in it are images that the devfile builds');
      components[index] = { ...component, [kind]: { ...component[kind], inlined: replaced } };
    }
  }
  return { devfile: { ...devfile, components }, problems, reasons };
}

type Replace = (image: string | undefined) => string | undefined;
type Note = (path: DocumentPath, image: string) => void;

function replaceSimple(component: Component, replace: Replace, note: Note): Component {
  const { container, image } = component;
  const forContainer = replace(container?.image);
  if (container !== undefined && forContainer !== undefined) {
    note(['container', 'image'], container.image);
    return { ...component, container: { ...container, image: forContainer } };
  }
  const forImage = image !== undefined && isRelativeImage(image.imageName) ? replace(image.imageName) : undefined;
  if (image === undefined || forImage === undefined) return component;
  note(['image', 'imageName'], image.imageName);
  return { ...component, image: { ...image, imageName: forImage } };
}

function listReplacements({ metadata, components = [] }: Devfile, { registry, tag }: ImageNames): Map<string, string> {
  const prefix = [registry.replace(/\/+$/, ''), metadata?.name ? `${metadata.name}-` : ''];
  const replacements = new Map<string, string>();
  for (const { image } of components) {
    const base = image === undefined || !isRelativeImage(image.imageName) ? undefined : baseNameOf(image.imageName);
    if (base === undefined || replacements.has(base)) continue;
    replacements.set(
      base,
      `${prefix[0] === '' ? '' : `${prefix[0]}/`}${prefix[1]}${base}${tag === '' ? '' : `:${tag}`}`,
    );
  }
  return replacements;
}
