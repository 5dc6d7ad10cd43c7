import { exitCode } from '@devstead/kit';
import { Argument, type Command } from 'commander';
import { completeLine } from '../completion/complete-line.ts';
import { completionScript, filesMark, type Shell, shells } from '../completion/shell-scripts.ts';
import type { Io } from '../io.ts';

/** `devstead completion`: the script that makes a shell complete, and what that script asks while somebody types. */
export function define(command: Command, io: Io, done: (exitCode: number) => void): void {
  command
    .addArgument(new Argument('<shell>', 'the shell to print the script for').choices(shells))
    .argument('[words...]', 'a line after `devstead`: print what its last word may be; the script asks this')
    .addHelpText(
      'after',
      '\nCompletes commands, options, workspaces, containers, volumes, endpoints, and the devfile’s commands and fields.\n' +
        '\nExamples:\n  source <(devstead completion bash)      in ~/.bashrc\n' +
        '  source <(devstead completion zsh)       in ~/.zshrc\n' +
        '  devstead completion fish | source       in ~/.config/fish/config.fish\n',
    )
    .action(async (shell: Shell, words: readonly string[]) => {
      if (words.length === 0) io.stdout.write(completionScript(shell));
      else await printCandidates(io, shell, words);
      done(exitCode.done);
    });
}

async function printCandidates(io: Io, shell: Shell, words: readonly string[]): Promise<void> {
  const { candidates, takesFiles } = await completeLine(io, words);
  const lines = candidates.map(({ value, note }) =>
    shell === 'bash' || note === undefined ? value : `${value}\t${note}`,
  );
  io.stdout.write([...lines, ...(takesFiles ? [filesMark] : [])].map((line) => `${line}\n`).join(''));
}
