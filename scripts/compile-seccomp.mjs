import { join } from 'node:path';
import { compileProfile } from '../packages/runtime/src/system-calls/seccomp.ts';
import { writeGeneratedFile } from './generated-files.mjs';
import { repositoryRoot } from './repository.mjs';

const programs = ['x64', 'arm64'].map((processor) => `  ${processor}: '${compileProfile(processor)}',\n`);
writeGeneratedFile(
  join(repositoryRoot, 'packages/runtime/src/system-calls/seccomp-programs.generated.ts'),
  `/** Written by scripts/compile-seccomp.mjs from seccomp.ts: what containers may call, by processor, base64. */
export const seccompPrograms: Readonly<Record<string, string>> = {
${programs.join('')}};
`,
);
