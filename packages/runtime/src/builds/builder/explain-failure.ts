import { AppError } from '@devstead/kit';
import { diskFull } from '../../images/pull/unpack-layer.ts';
import { saysDiskFull } from '../../is-disk-full.ts';
import type { BuildOutput } from './read-output.ts';

/** How builders say it beside the system's own words: buildah so of a layer that it is storing. */
const fullDisk = /ENOSPC|storing layer .* io: read\/write on closed pipe/i;

/** What `runtime.pl` says of a step that it does not start. */
const mountLeadsOut = ': a mount of this step leads out of the build';

/** The error of a build that failed: the Dockerfile's line, the instruction and the end of what it printed. */
export function explainFailure(error: unknown, output: BuildOutput, file: string): unknown {
  if (!(error instanceof AppError) || error.code !== 'IMAGE_BUILD_FAILED') return error;
  const said = [...output.end];
  if (said.some((line) => saysDiskFull(line) || fullDisk.test(line))) return diskFull();
  const { current } = output;
  const lines = said
    .map((line) => takeCause(line, current?.text ?? ''))
    .filter((line) => !isNoise(line))
    .slice(-20);
  if (current === undefined)
    return new AppError('IMAGE_BUILD_FAILED', 'the image could not be built', { details: lines, cause: error });
  const { instruction } = current;
  const shown = `${instruction.keyword} ${instruction.body}`.replaceAll(/\s+/g, ' ').slice(0, 300);
  const [, code] =
    said.map((line) => /(?:exit status|non-zero code:) (\d+)/.exec(line)).find((match) => match !== null) ?? [];
  const place = `${file}:${instruction.line} ${instruction.keyword}`;
  if (said.some((line) => line.endsWith(mountLeadsOut)))
    return new AppError('IMAGE_BUILD_FAILED', `${place} has a mount that leads out of the build`, {
      details: [`${instruction.line} | ${shown}`],
      cause: error,
      hint: 'Links on the way to `source` must stay in its stage or context, and the id of a cache is a plain name.',
    });
  const how = code === undefined ? 'failed' : `ended with ${code}`;
  return new AppError('IMAGE_BUILD_FAILED', `${place} ${how}`, {
    details: [`${instruction.line} | ${shown}`, ...lines],
    cause: error,
    hint: 'Mend it and build again: the steps before it are kept.',
  });
}

/** buildah puts the step, which is named already, before the cause of a failure. */
function takeCause(line: string, step: string): string {
  const marker = `building at STEP "${step}": `;
  const at = line.indexOf(marker);
  return at < 0 ? line : line.slice(at + marker.length);
}

/** What builders say beside the step's own words. */
function isNoise(line: string): boolean {
  return /returned a non-zero code: \d+$|^(?:while running runtime: exit status|(?:Error: )?(?:error )?building at STEP .*exit status \d+$|time="|level=|\s*exit status \d+$|Error: exit status)/i.test(
    line,
  );
}
