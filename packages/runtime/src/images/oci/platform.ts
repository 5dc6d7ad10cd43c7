import { AppError } from '@devstead/kit';

/** What an image is made for (OCI image specification, image-index.md): `linux` and a processor in Go's words. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

const architectures: Readonly<Record<string, Platform>> = {
  x64: { os: 'linux', architecture: 'amd64' },
  arm64: { os: 'linux', architecture: 'arm64' },
  arm: { os: 'linux', architecture: 'arm', variant: 'v7' },
  ia32: { os: 'linux', architecture: '386' },
  ppc64: { os: 'linux', architecture: 'ppc64le' },
  riscv64: { os: 'linux', architecture: 'riscv64' },
  s390x: { os: 'linux', architecture: 's390x' },
};

/** The platform of a machine, by Node's name for its processor. */
export function machinePlatform(arch: string = process.arch): Platform {
  return architectures[arch] ?? { os: 'linux', architecture: arch };
}

/** Reads `linux/arm64` or `linux/arm/v7`. Throws USAGE for another form or another system. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.split('/');
  const isName = [architecture, variant].every((part) => part === undefined || /^[a-z0-9]{1,20}$/.test(part));
  if (os !== 'linux' || architecture === undefined || !isName || rest.length > 0) {
    throw new AppError('USAGE', `${JSON.stringify(text)} is no platform of Linux`, {
      hint: 'Write it as linux/amd64, linux/arm64 or linux/arm/v7.',
    });
  }
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/** `linux/arm64/v8`. */
export function renderPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== undefined && part !== '').join('/');
}

/** How well an image suits a platform: 2 for the same, 1 where only the variant is not told, 0 for another. */
export function matchPlatform(image: Platform, wanted: Platform): number {
  if (image.os !== wanted.os || image.architecture !== wanted.architecture) return 0;
  const variant = (platform: Platform): string => {
    // arm64 has had one variant so far, which most leave out.
    if (platform.architecture === 'arm64' && platform.variant === 'v8') return '';
    return platform.variant ?? '';
  };
  if (variant(image) === variant(wanted)) return 2;
  return variant(image) === '' || variant(wanted) === '' ? 1 : 0;
}
