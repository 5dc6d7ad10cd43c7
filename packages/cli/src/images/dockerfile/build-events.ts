import { renderDiagnostic } from '@devstead/devfile/render';
import type { BuildEvent, BuildObserver } from '@devstead/runtime/builds';
import { paint } from '../../colour.ts';
import { harmlessText } from '../../harmless-text.ts';
import type { Io } from '../../io.ts';

/** An event of a build, a line of stderr with `--output json`. */
export interface BuildEventLine {
  readonly schemaVersion: 'image-build-event/v1';
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly event: BuildEvent;
}

/** Shows a build as it goes: a line a step, what RUN steps print below it, and how long each took. */
export function showBuild(io: Io, format: 'text' | 'json'): BuildObserver {
  const { stderr } = io;
  const colour = stderr.hasColour;
  if (format === 'json')
    return {
      onEvent: (event) => {
        const line: BuildEventLine = { schemaVersion: 'image-build-event/v1', time: io.clock.now(), event };
        stderr.write(`${JSON.stringify(line)}\n`);
      },
      onDiagnostics: (diagnostics) => {
        for (const diagnostic of diagnostics)
          stderr.write(`${JSON.stringify({ schemaVersion: 'diagnostic/v1', diagnostic })}\n`);
      },
    };
  let lastWait = '';
  return {
    onEvent: (event) => {
      if (event.type === 'wait' && event.text === lastWait) return;
      if (event.type === 'wait') lastWait = event.text;
      stderr.write(renderEvent(event, colour));
    },
    onDiagnostics: (diagnostics, text) => {
      for (const diagnostic of diagnostics)
        stderr.write(`${renderDiagnostic(diagnostic, text, { color: colour, width: stderr.columns })}\n`);
    },
  };
}

function renderEvent(event: BuildEvent, colour: boolean): string {
  switch (event.type) {
    case 'wait':
    case 'note':
      return `  ${paint('grey', harmlessText(event.text, false), colour)}\n`;
    case 'step': {
      const count = `[${event.step}/${event.steps}${event.stage === undefined ? '' : ` ${event.stage}`}]`;
      const text = harmlessText(event.instruction.replaceAll(/\s+/g, ' '), false);
      return `${paint('cyan', count, colour)} ${text.slice(0, 160)} ${paint('grey', `line ${event.line}`, colour)}\n`;
    }
    case 'cached':
      return `  ${paint('grey', 'from an earlier build', colour)}\n`;
    case 'output':
      return `  ${paint('grey', '|', colour)} ${harmlessText(event.text, colour)}\n`;
  }
}
