import type { ChosenStages } from '../../dockerfile/choose-stages.ts';
import { parseDuration } from '../../dockerfile/parse-duration.ts';
import type { ImageConfig } from '../../images/types.ts';

/** What builders drop of a HEALTHCHECK: `--start-interval`, which they do not know. */
export function keepHealth(
  { chosen }: { readonly chosen: ChosenStages },
  config: ImageConfig,
): Pick<ImageConfig, 'health'> {
  if (config.ready === undefined) return {};
  const last = chosen.stages.at(-1);
  const check = last?.stage.instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK');
  const text = check?.flags.find(({ name }) => name === 'start-interval')?.value;
  const startIntervalMs = text === undefined ? undefined : parseDuration(text);
  return startIntervalMs === undefined ? {} : { health: { ...config.health, startIntervalMs } };
}
