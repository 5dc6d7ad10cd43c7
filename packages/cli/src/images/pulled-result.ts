import type { PulledImage } from '@devstead/runtime/images';
import { formatBytes } from '../format-amount.ts';
import { harmlessText } from '../harmless-text.ts';

/** An image of `devstead image pull` or `import` with `--output json`. */
export interface PulledResult {
  readonly name: string;
  readonly reference: string;
  readonly digest: string;
  readonly manifestDigest?: string;
  readonly platform: string;
  readonly from: string;
  readonly layers: number;
  readonly sizeBytes: number;
  /** It was not there before, or another one was. */
  readonly isNew: boolean;
}

export function describePulled({ record, isNew }: PulledImage): PulledResult {
  const { name, digest, origin, layers, sizeBytes } = record;
  return {
    name,
    reference: origin?.reference ?? name,
    digest,
    ...(origin?.manifestDigest === undefined ? {} : { manifestDigest: origin.manifestDigest }),
    platform: origin?.platform ?? '',
    from: origin?.from ?? '',
    layers: layers.length,
    sizeBytes,
    isNew,
  };
}

/** The same for people, a line an image. */
export function renderPulled(images: readonly PulledResult[], verb: string): string {
  return images
    .map(({ reference, sizeBytes, layers, isNew, name }) => {
      const amount = `${formatBytes(sizeBytes)} in ${layers} ${layers === 1 ? 'layer' : 'layers'}`;
      return `${harmlessText(reference, false)}  ${isNew ? verb : 'up to date'}  ${amount}  (${name})\n`;
    })
    .join('');
}
