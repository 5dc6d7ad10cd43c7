import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTun } from './private-machine.ts';
import { shareImages } from './share-images.ts';
import type { ThrowAwayUser } from './throw-away-user.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const project = '--project=scenarios';
const images = ['base', 'python', 'redis'];

/** How a test ended in the process of another user. */
export interface RemoteResult {
  readonly status: string;
  readonly messages: readonly string[];
}

/** The full names of the tests in a scenario file, in their order, their groups apart by ` > `. */
export function listTests(file: string): string[] {
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  const words = [vitest, 'list', '--json', '--no-static-parse', project, join(repository, file)];
  const options = { cwd: repository, stdio: 'pipe', timeout: 60_000, maxBuffer: 2 ** 24 } as const;
  const text = execFileSync(process.execPath, words, options).toString();
  return (JSON.parse(text.slice(text.indexOf('['))) as { name: string }[]).map(({ name }) => name);
}

/**
 * Runs the tests of a scenario file in a process of a normal user, on a machine with a network device for all, and
 * returns how each ended, by its full name with blanks between the groups. Throws with all it said when no test ran.
 */
export async function runTestsAsUser(user: ThrowAwayUser, file: string): Promise<ReadonlyMap<string, RemoteResult>> {
  const store = await shareImages(user, images);
  const report = join(user.root, 'report.json');
  const node = process.execPath.startsWith(repository)
    ? join(user.repository, relative(repository, process.execPath))
    : process.execPath;
  const vitest = join(user.repository, 'node_modules/vitest/vitest.mjs');
  // A normal user may not write into the repository.
  const unwritten = ['--no-cache', '--fsModuleCache=false', '--configLoader=native'];
  const output = ['--reporter=json', `--outputFile.json=${report}`];
  const { code, stdout, stderr } = await user.runProgram(
    [node, vitest, 'run', project, ...unwritten, ...output, join(user.repository, file)],
    { cwd: user.repository, machine: withTun, env: { DEVSTEAD_TEST_IMAGES: store }, timeoutMs: 280_000 },
  );
  const results = readReport(report);
  if (results === undefined) throw new Error(`the tests did not run (code ${code})\n${stdout}\n${stderr}`);
  return results;
}

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

function readReport(file: string): ReadonlyMap<string, RemoteResult> | undefined {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
  // What goes wrong outside of the tests, such as before them, stands with the file.
  const entries = report.testResults.flatMap(({ message, assertionResults }) =>
    assertionResults.map(
      ({ fullName, status, failureMessages }) =>
        [fullName, { status, messages: [...(failureMessages ?? []), ...(message === '' ? [] : [message])] }] as const,
    ),
  );
  return entries.length === 0 ? undefined : new Map(entries);
}
