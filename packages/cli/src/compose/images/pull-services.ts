import type { Container } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import { machinePullOptions, openIdMap, pullImage } from '@devstead/runtime/images';
import { harmlessText } from '../../harmless-text.ts';
import { showProgress } from '../../images/pull-progress.ts';
import type { Io } from '../../io.ts';
import type { Settings } from '../../settings.ts';
import { openServiceImages } from './find-service-image.ts';

/**
 * Pulls the images of services from registries, newer ones too, and says of each that is left what stands in for it.
 * `isForced`: what services say against it does not count. Returns what could not be pulled; the others are there then.
 */
export async function pullServices(
  io: Io,
  settings: Settings,
  containers: readonly Container[],
  { isForced = false, onlyMissing = false }: { readonly isForced?: boolean; readonly onlyMissing?: boolean } = {},
): Promise<AppError[]> {
  const find = await openServiceImages(settings);
  const machine = machinePullOptions(settings, openIdMap(settings));
  const failures: AppError[] = [];
  const seen = new Set<string>();
  const say = (line: string): void => io.stderr.write(`  ${harmlessText(line, false)}\n`);
  for (const { name, image, service } of containers) {
    if (seen.has(image)) continue;
    seen.add(image);
    const stand = find(image);
    if (service?.build !== undefined) say(`${name}  not pulled: it has a build`);
    else if (service?.pullPolicy === 'never' && !isForced) say(`${name}  not pulled: pull_policy is never`);
    else if (stand?.from === 'recipe') say(`${name}  not pulled: ${stand.reason}`);
    else if (onlyMissing && stand !== undefined) say(`${name}  ${image} is here`);
    else {
      try {
        const { isNew } = await showProgress(io, `image ${image}`, (onProgress) =>
          pullImage(image, { ...machine, platform: undefined, isForced: false, onProgress, signal: io.signal }),
        );
        say(`${name}  ${image} ${isNew ? 'pulled' : 'is up to date'}`);
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'INTERRUPTED') throw error;
        failures.push(error);
        say(`${name}  ${image} not pulled: ${error.message}`);
      }
    }
  }
  return failures;
}
