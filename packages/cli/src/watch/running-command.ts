import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { ExecCommand } from '@devstead/environment';
import type { CommandTree } from '@devstead/environment/commands';
import { AppError } from '@devstead/kit';
import { type Runtime, shellCommand, waitForClose } from '@devstead/runtime/workspace';

interface RunOptions {
  readonly stdio: StdioOptions;
  readonly env?: ExecCommand['env'];
}

/** A command of the devfile while it runs, with all its parts; it can be ended as a whole. */
export class RunningCommand {
  /** Its exit code: of a sequence that of the first part that fails, of a parallel that of the first failure. */
  readonly ended: Promise<number>;
  private readonly runtime: Runtime;
  private readonly options: RunOptions;
  private readonly children = new Set<ChildProcess>();
  private isEnding = false;
  private isOver = false;

  constructor(runtime: Runtime, tree: CommandTree, options: RunOptions) {
    this.runtime = runtime;
    this.options = options;
    this.ended = this.runTree(tree).finally(() => {
      this.isOver = true;
    });
    // Whoever waits for it gets the error; nobody has to.
    this.ended.catch(() => undefined);
  }

  get isRunning(): boolean {
    return !this.isOver;
  }

  /** Ends what runs of it with everything that was started by it. True when force was needed. */
  async end(graceMs: number): Promise<boolean> {
    this.isEnding = true;
    const forced = await Promise.all([...this.children].map((child) => this.runtime.endExec(child, graceMs)));
    await this.ended.catch(() => undefined);
    return forced.includes(true);
  }

  private async runTree(tree: CommandTree): Promise<number> {
    switch (tree.kind) {
      case 'step':
        return this.runStep(tree.command);
      case 'sequence':
        for (const member of tree.members) {
          const code = await this.runTree(member);
          if (code !== 0 || this.isEnding) return code;
        }
        return 0;
      case 'parallel': {
        const codes = await Promise.all(tree.members.map((member) => this.runTree(member)));
        return codes.find((code) => code !== 0) ?? 0;
      }
    }
  }

  private async runStep(command: Extract<CommandTree, { kind: 'step' }>['command']): Promise<number> {
    if (command.type === 'apply') {
      throw new AppError('UNKNOWN_COMMAND', `${command.id} applies ${command.component}, which watch cannot run`, {
        hint: 'Name another command: `devstead watch COMMAND`.',
      });
    }
    const child = this.runtime.exec({
      container: command.container,
      argv: shellCommand(command.commandLine),
      env: [...command.env, ...(this.options.env ?? [])],
      ...(command.workingDir === undefined ? {} : { workingDir: command.workingDir }),
      hasTerminal: false,
      stdio: this.options.stdio,
    });
    this.children.add(child);
    try {
      return await waitForClose(child, 'nsenter');
    } finally {
      // What it left behind is ended with it; the child itself stays known until then.
      if (!this.isEnding) this.children.delete(child);
    }
  }
}
