import type { ExecCommand } from '../../types.ts';

/**
 * A command as a line that any shell takes: in its folder, with its variables, run by bash where there is one, else by sh,
 * as commands of a devfile are.
 */
export function toShellLine({ commandLine, workingDir, env }: ExecCommand): string {
  const folder = workingDir === undefined ? '' : `cd ${quoteForShell(workingDir)} && `;
  const variables = env.map(({ name, value }) => `${name}=${quoteForShell(value)} `).join('');
  return `${folder}${variables}"$(command -v bash || command -v sh)" -c ${quoteForShell(commandLine)}`;
}

/** One word of a shell. */
export function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
