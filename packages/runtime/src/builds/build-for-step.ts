import type { StepReport } from '../execute/execute-plan.ts';
import type { DockerfileStep } from '../plan/types.ts';
import type { RuntimeSettings } from '../settings.ts';
import { buildDockerfile } from './build-dockerfile.ts';

/** Builds an image as a step of a plan. Throws as `buildDockerfile` does. */
export async function buildForStep(
  { reference, file, context, args, target, namedAt }: DockerfileStep,
  settings: RuntimeSettings,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const pairs = args.flatMap((text): [string, string][] => {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? settings.variables?.[name] : text.slice(equals + 1);
    return value === undefined ? [] : [[name, value]];
  });
  const observer = {
    onEvent: (event: Parameters<Parameters<typeof buildDockerfile>[2]['onEvent']>[0]): void => {
      if (event.type === 'step') report.output(`${event.step}/${event.steps} ${event.instruction}\n`);
      else if (event.type !== 'cached') report.output(`${event.text}\n`);
    },
    onDiagnostics: (diagnostics: Parameters<Parameters<typeof buildDockerfile>[2]['onDiagnostics']>[0]): void => {
      for (const { file: place, line, code, message } of diagnostics)
        report.output(`${place ?? ''}:${line ?? 1}  ${code}  ${message}\n`);
    },
  };
  const order = {
    reference,
    dockerfile: file,
    context,
    args: new Map(pairs),
    namedAt,
    ...(target === undefined ? {} : { target }),
  };
  await buildDockerfile(order, settings, observer, signal);
}
