import type { ChildProcess } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import type { StepReport } from '../execute/execute-plan.ts';
import type { Step } from '../plan/types.ts';
import { readOutput } from '../process/read-output.ts';
import { endChild, waitForClose } from '../process/run-process.ts';
import { readMadeContainer } from '../state/made-container.ts';
import type { WorkspacePaths } from '../state/paths.ts';
import type { ExecInContainer } from '../types.ts';
import { shellCommand } from './shell-command.ts';

const shownLines = 20;

/**
 * Runs a command that an event names. Its whole output is kept in the workspace's command logs; when it fails, the end
 * of it goes with the error (COMMAND_FAILED).
 */
export async function runEventCommand(
  paths: WorkspacePaths,
  exec: (request: Omit<ExecInContainer, 'user'>) => ChildProcess,
  step: Extract<Step, { kind: 'command.run' }>,
  report: StepReport,
  signal: AbortSignal,
): Promise<void> {
  const { command, event } = step;
  const made = readMadeContainer(paths.container(command.container));
  if (made === undefined)
    throw new AppError('UNKNOWN_CONTAINER', `${command.id} runs in ${command.container}, which is not there`);
  mkdirSync(paths.commandLogs, { recursive: true });
  const log = join(paths.commandLogs, `${event}-${command.id}.log`);
  appendFileSync(log, `--- ${new Date().toISOString()}\n`, { mode: 0o600 });
  const child = exec({
    container: command.container,
    argv: shellCommand(command.commandLine),
    env: command.env,
    ...(command.workingDir === undefined ? {} : { workingDir: command.workingDir }),
    hasTerminal: false,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kept: string[] = [];
  const ended = waitForClose(child, command.id);
  const end = (): void => void endChild(child, ended);
  const take = (text: string): void => {
    appendFileSync(log, text);
    report.output(text);
    kept.push(text);
    if (kept.length > 500) kept.splice(0, 250);
  };
  const reading = readOutput(child, take, end);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const code = await ended.finally(() => signal.removeEventListener('abort', end));
  if ('problem' in reading) {
    const loss = explainLoss(reading.problem, command.id, log);
    if (!step.isBestEffort) throw loss;
    report.note(`${event}: ${loss.message}`);
    return;
  }
  appendFileSync(log, `--- ended with ${code}\n`);
  if (code === 0) return;
  const details = kept.join('').trimEnd().split('\n').slice(-shownLines);
  if (step.isBestEffort) {
    report.note(`${event} ${command.id} ended with code ${code}: ${details.at(-1) ?? ''}`);
    return;
  }
  throw new AppError('COMMAND_FAILED', `${event} ${command.id} ended with code ${code}`, {
    details,
    hint: `Mend the cause and run \`devstead up\` again; it goes on with ${command.id}. The whole output: ${log}`,
  });
}

function explainLoss(problem: unknown, command: string, log: string): AppError {
  if (problem instanceof AppError) return problem;
  const reason = problem instanceof Error ? problem.message : String(problem);
  return new AppError('MACHINE_LACKS', `${command} was ended: its output cannot be kept: ${reason}`, {
    cause: problem,
    hint: `Free some space and run \`devstead up\` again; it goes on with ${command}. The output so far: ${log}`,
  });
}
