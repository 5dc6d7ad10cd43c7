import type { ContainerSpec } from './container-spec.ts';

/** A program that ends this soon with code 0 was not meant to serve: its container is kept alive instead. */
const endsAtOnceMs = 1500;

/** True for an end that shows an image whose command is not for development, as odo and Che take it. */
export function endsByDesign(spec: ContainerSpec, exitCode: number | undefined, ranForMs: number): boolean {
  return spec.mayEnd && spec.argv.length > 0 && exitCode === 0 && ranForMs <= endsAtOnceMs;
}

/** The same container with nothing to run but what is started in it, and so nothing to wait for. */
export function keepAlive(spec: ContainerSpec, reason: string): ContainerSpec {
  return { ...spec, argv: [], keptAlive: reason, checks: [] };
}

/** Why a container is kept alive whose command has nothing to do. */
export const endsAtOnce = "the image's command ends at once";
