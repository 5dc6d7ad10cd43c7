import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { TestRepository } from '../test-workspace.fixture.ts';
import { completionScript, type Shell } from './shell-scripts.ts';

const devstead = fileURLToPath(new URL('../../../../bin/devstead', import.meta.url));

interface ShellUnderTest {
  readonly shell: Shell;
  readonly start: string;
  /** What is typed first. */
  readonly load: (script: string) => string;
}

const tested: readonly ShellUnderTest[] = [
  { shell: 'bash', start: 'bash --norc --noprofile -i', load: (script) => `PS1='> '; source ${script}` },
  {
    shell: 'zsh',
    start: 'zsh -f -i',
    load: (script) => `PS1='> '; autoload -U compinit; compinit -u; source ${script}`,
  },
  { shell: 'fish', start: 'fish --private --no-config', load: (script) => `source ${script}` },
];

describe.each(tested)('completion in a real $shell', ({ shell, start, load }) => {
  const isHere = isInstalled(shell);
  const reason = isHere ? '' : `: skipped, ${shell} is not installed (set-up of the tests installs it)`;

  let repository: TestRepository;
  beforeAll(async () => {
    repository = new TestRepository();
    repository.write('bin/devstead', wrapper);
    execFileSync('chmod', ['+x', join(repository.folder, 'bin/devstead')]);
    repository.write('script', completionScript(shell));
    repository.write('answered', '');
    repository.write('some-file.txt', '');
    mkdirSync(join(repository.root, 'home'), { recursive: true });
    await repository.recordWorkspace();
  });
  afterAll(() => repository.remove());

  it.runIf(isHere)(
    `completes commands, options, workspaces, containers, endpoints and files${reason}`,
    { timeout: 180_000 },
    async () => {
      const terminal = startTerminal(start, repository);
      terminal.type(`${load(join(repository.folder, 'script'))}; echo load""ed\n`);
      await terminal.waitFor('loaded');
      const cases = [
        ['devstead stat\t', 'RAN:status:'],
        ['devstead logs --fol\tdb', 'RAN:logs:--follow:db:'],
        ['devstead status --name sh\t', 'RAN:status:--name:shop:'],
        ['devstead status --name=sh\t', 'RAN:status:--name=shop:'],
        ['devstead status -o js\t', 'RAN:status:-o:json:'],
        ['devstead shell de\t', 'RAN:shell:dev:'],
        ['devstead image bu\tpyth\t', 'RAN:image:build:python:'],
        ['devstead ports --forward met\t', 'RAN:ports:--forward:metrics:'],
        ['devstead check some\t', 'RAN:check:some-file.txt:'],
        ['./bin/devstead stat\t', 'RAN:status:'],
      ] as const;
      for (const [typed, ran] of cases) {
        terminal.clear();
        // A key is only taken as one when the shell is ready for it.
        for (const part of typed.split(/(?<=\t)/)) {
          const answers = terminal.countAnswers();
          terminal.type(part);
          if (!part.endsWith('\t')) continue;
          await expect.poll(() => terminal.countAnswers()).toBeGreaterThan(answers);
          await terminal.waitForQuiet();
        }
        terminal.type('\n');
        await terminal.waitFor(ran);
      }
    },
  );
});

/** Says what it was called with; what a script asks goes to the real one, and a line tells that it was answered. */
const wrapper = `#!/bin/sh
if [ "$1" = completion ]; then
  '${devstead}' "$@"
  echo >>"$ANSWERED"
  exit
fi
printf 'RAN:'; printf '%s:' "$@"; echo
`;

function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

interface Terminal {
  type(text: string): void;
  /** How often a script was told what there is. */
  countAnswers(): number;
  clear(): void;
  waitFor(text: string): Promise<void>;
  waitForQuiet(): Promise<void>;
}

function startTerminal(start: string, repository: TestRepository): Terminal {
  const env = {
    ...repository.env,
    PATH: `${join(repository.folder, 'bin')}:${process.env['PATH'] ?? ''}`,
    TERM: 'xterm',
    SHELL: '/bin/sh',
    LANG: 'C.UTF-8',
    ANSWERED: join(repository.folder, 'answered'),
  };
  const child: ChildProcess = spawn('script', ['--quiet', '--command', `stty cols 200; exec ${start}`, '/dev/null'], {
    cwd: repository.folder,
    env,
    stdio: 'pipe',
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return {
    type: (text) => child.stdin?.write(text),
    countAnswers: () => readFileSync(env.ANSWERED, 'utf8').length,
    clear: () => {
      said = '';
    },
    waitFor: async (text) => {
      await expect.poll(() => said).toContain(text);
    },
    waitForQuiet: async () => {
      for (let before = -1; before !== said.length; ) {
        before = said.length;
        await delay(350);
      }
    },
  };
}
