import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useHome } from '../src/use-home.ts';

const devfile = `schemaVersion: 2.2.2
metadata: {name: usual-programs}
components:
  - name: python
    container: {image: "docker.io/library/python:3.11", command: [sleep], args: [infinity]}
  - name: redis
    container: {image: "docker.io/library/redis:7", endpoints: [{name: redis, targetPort: 6379, exposure: internal}]}
  - name: postgres
    container:
      image: "docker.io/library/postgres:15"
      env: [{name: POSTGRES_PASSWORD, value: secret}, {name: PGPASSWORD, value: secret}]
      endpoints: [{name: postgres, targetPort: 5432, exposure: internal}]
`;

/** Processes, threads, shared memory, files and times. */
const python = `import asyncio, concurrent.futures, mmap, multiprocessing, os, resource, signal, sqlite3, subprocess, tempfile, time
from multiprocessing import shared_memory
def double(number): return number * 2
async def ask():
    process = await asyncio.create_subprocess_exec('echo', 'a', stdout=subprocess.PIPE)
    return (await process.communicate())[0]
if __name__ == '__main__':
    for way in ('spawn', 'fork', 'forkserver'):
        with multiprocessing.get_context(way).Pool(2) as pool: assert pool.map(double, [1, 2]) == [2, 4]
    with concurrent.futures.ThreadPoolExecutor(4) as pool: assert list(pool.map(double, range(3))) == [0, 2, 4]
    assert asyncio.run(ask()) == b'a\\n'
    memory = shared_memory.SharedMemory(create=True, size=4096); memory.close(); memory.unlink()
    with tempfile.NamedTemporaryFile() as file:
        file.truncate(4096); mmap.mmap(file.fileno(), 4096).close(); os.posix_fallocate(file.fileno(), 0, 8192)
        os.copy_file_range(file.fileno(), file.fileno(), 10, 0, 4096); os.setxattr(file.name, 'user.a', b'b')
    database = sqlite3.connect('/tmp/try.db'); database.execute('create table a (b)'); database.commit()
    os.memfd_create('a'); os.eventfd(0); os.sched_getaffinity(0); os.getrandom(4); os.pidfd_open(os.getpid())
    signal.setitimer(signal.ITIMER_REAL, 10); resource.getrlimit(resource.RLIMIT_NOFILE)
    time.clock_getres(time.CLOCK_MONOTONIC); os.sched_yield(); os.nice(1)
    print('fine')
`;

const node = `const { Worker } = require('worker_threads');
const worker = new Worker('require("worker_threads").parentPort.postMessage(1)', { eval: true });
worker.once('message', () => {
  require('fs').watch('/tmp').close();
  require('child_process').execFileSync('true');
  const server = require('http').createServer((_, answer) => answer.end('fine')).listen(0, '127.0.0.1', async () => {
    console.log(await (await fetch('http://127.0.0.1:' + server.address().port)).text());
    process.exit(0);
  });
});
`;

/** For 32-bit x86: write(1, "fine\n", 5); exit(-unshare(CLONE_NEWUSER)). An ELF file of one segment at 0x08048000. */
function make32BitProgram(): Buffer {
  const code = Buffer.from(
    'b804000000bb01000000b981800408ba05000000cd80b836010000bb00000010cd80f7d889c3b801000000cd8066696e650a',
    'hex',
  );
  const headers = Buffer.from(
    '7f454c4601010100000000000000000002000300010000005480040834000000000000000000000034002000010000000000000001000000' +
      '000000000080040800800408860000008600000005000000' +
      '00100000',
    'hex',
  );
  return Buffer.concat([headers, code]);
}

/** Each is a shell line that prints `fine`, by what it tries. */
const programs = {
  'python with processes, threads and shared memory': ['python', 'python3 /projects/try.py'],
  'git with a repository, a commit, a clone and a clean-up': [
    'python',
    'git init -q /tmp/a && cd /tmp/a && echo 1 > f && git add f && git -c user.name=a -c user.email=a@b commit -qm a && git gc -q && git clone -q /tmp/a /tmp/b && test -f /tmp/b/f && echo fine',
  ],
  'node with workers, programs and a server': ['python', '/projects/node /projects/try.cjs'],
  'redis with values kept on disk': [
    'redis',
    'redis-cli SET a b >/dev/null && redis-cli SAVE >/dev/null && redis-cli BGSAVE >/dev/null && [ "$(redis-cli GET a)" = b ] && echo fine',
  ],
  'postgres with a table, an index and an analysis': [
    'postgres',
    "psql -qAt -h 127.0.0.1 -U postgres -c 'create table a as select generate_series(1, 100000) b' -c 'create index on a (b)' -c 'vacuum analyze a' -c \"select 'fine' from a where b = 99999\"",
  ],
} as const;

describe('the filter of system calls', () => {
  const home = useHome();
  let cwd = '';
  beforeAll(async () => {
    cwd = home().makeProject('usual-programs', devfile);
    writeFileSync(join(cwd, 'try.py'), python);
    writeFileSync(join(cwd, 'try.cjs'), node);
    writeFileSync(join(cwd, 'try-32-bit'), make32BitProgram(), { mode: 0o755 });
    copyFileSync(process.execPath, join(cwd, 'node'));
    await home().runWell(['up'], { cwd });
  });

  it.each(Object.entries(programs))('must let %s work', async (_name, [container, line]) => {
    const { stdout, stderr } = await home().run(['exec', container, '--', 'sh', '-c', line], { cwd });
    expect({ stdout, stderr }).toEqual({ stdout: 'fine\n', stderr: '' });
  });

  it.runIf(process.arch === 'x64')('must let 32-bit programs work, and refuse them the same calls', async () => {
    const { code, stdout } = await home().run(['exec', 'python', '--', '/projects/try-32-bit'], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'fine\n' });
  });
});
