import { delimiter, join } from 'node:path';
import { repositoryRoot, runDevstead } from './repository.mjs';
import { setUp } from './setup.mjs';

const example = 'examples/python-flask-webapp';

// The images that the example stands on; any others are built by the first `up` that needs them.
setUp('run', ['python', 'postgresql', 'redis', 'scanner']);
process.exitCode = runDevstead(['up', example]);
if (process.exitCode === 0) {
  const bin = join(repositoryRoot, 'bin');
  const line =
    process.platform === 'win32' ? `set "PATH=${bin}${delimiter}%PATH%"` : `export PATH="${bin}${delimiter}$PATH"`;
  process.stdout.write(`\nTo have devstead on PATH:\n  ${line}\nTo end everything: npm stop\n`);
}
