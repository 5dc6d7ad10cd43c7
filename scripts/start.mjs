import { delimiter, join } from 'node:path';
import { repositoryRoot, runDevstead } from './repository.mjs';
import { setUp } from './setup.mjs';

const example = 'examples/python-flask-webapp';

setUp('run');
process.exitCode = runDevstead(['up', example]);
if (process.exitCode === 0) {
  const bin = join(repositoryRoot, 'bin');
  const line =
    process.platform === 'win32' ? `set "PATH=${bin}${delimiter}%PATH%"` : `export PATH="${bin}${delimiter}$PATH"`;
  process.stdout.write(`\nTo have devstead on PATH:\n  ${line}\nTo end everything: npm stop\n`);
}
