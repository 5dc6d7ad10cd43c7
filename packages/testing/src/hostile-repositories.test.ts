import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Project } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import {
  findRepository,
  findUnsavedInClone,
  findUnsavedInWorktree,
  openWorktree,
  undoWorktree,
} from '@devstead/runtime';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneProject } from '../../runtime/src/projects/clone-project.ts';
import { writeZip } from '../../runtime/src/projects/zip-archive.fixture.ts';
import { addSubmodule, GitServer, git } from './git-server.ts';

let root = '';
let server: GitServer;
/** Whatever is run by mistake makes this file. */
let pwned = '';
let place = '';
let attempt = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'devstead-hostile-'));
  server = await GitServer.start(join(root, 'served'));
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  attempt += 1;
  place = join(root, `place-${attempt}`);
  mkdirSync(place);
  pwned = join(place, 'pwned');
  server.intercept = () => false;
});
afterEach(() => {
  expect(existsSync(pwned)).toBe(false);
});

const said: string[] = [];

async function fetchProject(
  project: Omit<Project, 'name' | 'clonePath'>,
  options: { withSubmodules?: boolean; folder?: string; signal?: AbortSignal } = {},
): Promise<string> {
  const folder = options.folder ?? place;
  await cloneProject(
    { name: 'shop', clonePath: 'shop', ...project },
    {
      folder: join(folder, 'projects'),
      staging: join(folder, 'staging'),
      gitEnv: { GIT_SSL_CAINFO: server.certificate, HOME: join(root, 'home') },
      caBundle: server.certificate,
      withSubmodules: options.withSubmodules === true,
      report: { output: (text) => void said.push(text), note: (text) => void said.push(text) },
      signal: options.signal ?? new AbortController().signal,
    },
  );
  return join(folder, 'projects', 'shop');
}

const fromRepository = (address: string): Pick<Project, 'git'> => ({
  git: { remotes: { origin: address }, checkoutRemote: 'origin' },
});

/** Fails, says a known reason, and leaves nothing. */
async function expectRefusal(
  fetching: Promise<string>,
  codes: readonly string[] = ['PROJECT_FAILED', 'URL_REFUSED'],
  folder = place,
): Promise<AppError> {
  const error = await fetching.then(
    () => new Error('it was fetched'),
    (thrown: Error) => thrown,
  );
  const { code = error.message, details } = error as Partial<AppError>;
  expect(codes, details?.join('\n')).toContain(code);
  expect(readdirSync(join(folder, 'staging'))).toEqual([]);
  expect(readdirSync(join(folder, 'projects'))).toEqual([]);
  return error as AppError;
}

/** A repository whose one commit has a tree of raw entries, `MODE NAME` to content. */
function addRawRepository(name: string, entries: readonly (readonly [string, string, string])[]): string {
  const folder = server.addRepository(name, {});
  const lines = entries.map(([mode, path, text]) => {
    const file = join(root, 'blob');
    writeFileSync(file, text);
    return `${mode} blob ${git(folder, 'hash-object', '-w', '--', file).trim()}\t${path}\0`;
  });
  const tree = execFileSync('git', ['mktree', '-z'], { cwd: folder, input: lines.join(''), encoding: 'utf8' }).trim();
  const commit = git(folder, 'commit-tree', '-m', 'Raw', tree).trim();
  git(folder, 'update-ref', 'refs/heads/main', commit);
  return server.repository(name);
}

describe('a hostile repository (threats 9 to 11)', () => {
  it.each([
    ['starts a program', () => `ext::sh -c "touch ${pwned}"`],
    ['reads files of the machine', () => `file://${root}/served/plain`],
    ['reads files by their path', () => `${root}/served/plain`],
    ['is an option', () => `--upload-pack=touch ${pwned}`],
    ['is an option of ssh', () => `ssh://-oProxyCommand=touch ${pwned}/x`],
    ['has an option for its path', () => 'git@git.invalid:-oProxyCommand=x'],
    ['is not encrypted', () => 'http://127.0.0.1:9/x'],
    ['has a line feed', () => 'https://127.0.0.1:9/x\n--upload-pack=y'],
    ['leads out by going up', () => '../../../../../../etc'],
  ])('whose submodule’s address %s is refused', async (what, address) => {
    const name = `module-${what.replaceAll(/\W/g, '-')}`;
    const library = server.addRepository('plain', { file: 'x' });
    const folder = server.addRepository(name, { README: 'x' });
    addSubmodule(folder, library, address());
    await expectRefusal(fetchProject(fromRepository(server.repository(name)), { withSubmodules: true }));
    // Without submodules it is a plain repository.
    expect(readdirSync(join(await fetchProject(fromRepository(server.repository(name))), 'lib'))).toEqual([]);
  });

  it('whose submodule asks for a command gets none', async () => {
    const library = server.addRepository('update-library', { file: 'x' });
    const folder = server.addRepository('update', { README: 'x' });
    addSubmodule(folder, library, server.repository('update-library'));
    git(folder, 'config', '--file', '.gitmodules', 'submodule.lib.update', `!touch ${pwned}`);
    git(folder, 'commit', '-am', 'Command');
    const outcome = await fetchProject(fromRepository(server.repository('update')), { withSubmodules: true }).catch(
      (error: unknown) => (error as AppError).code,
    );
    expect(['PROJECT_FAILED', join(place, 'projects', 'shop')]).toContain(outcome);
  });

  it('whose submodule’s name leads out is refused or left out', async () => {
    const library = server.addRepository('name-library', { file: 'x' });
    const folder = server.addRepository('name', { README: 'x' });
    addSubmodule(folder, library, server.repository('name-library'));
    const text = readFileSync(join(folder, '.gitmodules'), 'utf8').replace('"lib"', '"../../../../evil"');
    writeFileSync(join(folder, '.gitmodules'), text);
    git(folder, 'commit', '-am', 'Name');
    await fetchProject(fromRepository(server.repository('name')), { withSubmodules: true }).catch(() => undefined);
    expect(readdirSync(place).sort()).toEqual(['projects', 'staging']);
    expect(readdirSync(join(place, 'projects')).filter((name) => name !== 'shop')).toEqual([]);
  });

  it.each([
    ['file', '100644', '.git'],
    ['file in capitals', '100644', '.GIT'],
    ['link', '120000', '.git'],
    ['file with a path above', '100644', '..'],
    ['file with a dot for a name', '100644', '.'],
  ])('that has a %s %s named %s cannot be checked out', async (what, mode, path) => {
    const address = addRawRepository(`raw-${attempt}`, [
      [mode, path, 'gitdir: /etc'],
      ['100644', 'README', 'x'],
    ]);
    const outcome = await fetchProject(fromRepository(address)).catch((error: AppError) => error.code);
    if (outcome !== 'PROJECT_FAILED') {
      // Where the file system tells capitals apart it is one more file.
      expect(what).toBe('file in capitals');
      expect(lstatSync(join(place, 'projects/shop/.git')).isDirectory()).toBe(true);
      return;
    }
    expect(readdirSync(join(place, 'projects'))).toEqual([]);
  });

  it('that has a link and a file below it does not get a hook', async () => {
    const address = addRawRepository('through', [
      ['120000', 'a', '.git/hooks'],
      ['100755', 'b', `#!/bin/sh\ntouch ${pwned}\n`],
    ]);
    const shop = await fetchProject(fromRepository(address));
    expect(existsSync(join(shop, '.git/hooks/post-checkout'))).toBe(false);
  });

  it('that asks for filters runs none, and its large files stay pointers', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n';
    server.addRepository('filters', {
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n*.txt filter=evil\n',
      'a.bin': pointer,
      'a.txt': 'x',
      '.lfsconfig': '[lfs]\n\turl = https://127.0.0.1:9/\n',
    });
    const shop = await fetchProject(fromRepository(server.repository('filters')));
    expect(readFileSync(join(shop, 'a.bin'), 'utf8')).toBe(pointer);
  });

  it('that is cut off in the middle leaves nothing', async () => {
    server.addRepository('cut', { large: 'x'.repeat(100_000) + Math.PI });
    server.intercept = (request, response) => {
      if (request.method !== 'POST') return false;
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
      response.write('0008NAK\n', () => response.destroy());
      return true;
    };
    await expectRefusal(fetchProject(fromRepository(server.repository('cut'))));
  });

  it('that says nothing can be given up', async () => {
    server.addRepository('hangs', { README: 'x' });
    server.intercept = () => true;
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(), 300);
    await expectRefusal(fetchProject(fromRepository(server.repository('hangs')), { signal: interruption.signal }), [
      'INTERRUPTED',
    ]);
  });

  it.each(['file:///etc', 'http://127.0.0.1:9/x', 'ext::sh', 'ftp://127.0.0.1/x'])(
    'that redirects to %s is not followed',
    async (location) => {
      server.intercept = (_request, response) => {
        response.writeHead(302, { location: `${location}/info/refs?service=git-upload-pack` }).end();
        return true;
      };
      await expectRefusal(fetchProject(fromRepository(`${server.address}/moved/.git`)));
    },
  );

  it('never sees its credentials told', async () => {
    said.length = 0;
    const address = server.address.replace('https://', 'https://me:hunter2@');
    for (const path of ['none/.git', 'other.zip']) {
      const source = path.endsWith('.zip')
        ? { zip: { location: `${address}/${path}?key=hunter2` } }
        : fromRepository(`${address}/${path}`);
      const error = await expectRefusal(fetchProject(source));
      expect([error.message, ...error.details, ...said].join('\n')).not.toContain('hunter2');
    }
  });
});

describe('an archive from a server', () => {
  it('is fetched over https and put in its place', async () => {
    const location = server.addFile('good.zip', writeZip([{ name: 'shop/README', data: 'hello' }]));
    expect(readFileSync(join(await fetchProject({ zip: { location } }), 'README'), 'utf8')).toBe('hello');
  });

  it('that is hostile leaves nothing, also of what was unpacked before a lie showed', async () => {
    const entries = [
      { name: 'shop/README', data: 'hello' },
      { name: 'shop/liar', data: 'x', crc: 7 },
    ];
    const location = server.addFile('liar.zip', writeZip(entries));
    await expectRefusal(fetchProject({ zip: { location } }), ['ARCHIVE_REFUSED']);
  });

  it('is not fetched from a server that sends it on to this machine without encryption', async () => {
    server.intercept = (_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:9/x.zip' }).end();
      return true;
    };
    await expectRefusal(fetchProject({ zip: { location: `${server.address}/x.zip` } }), ['URL_REFUSED']);
  });

  it('is not fetched from a server that nobody vouches for', async () => {
    const fetching = cloneProject(
      { name: 'shop', clonePath: 'shop', zip: { location: `${server.address}/good.zip` } },
      {
        folder: join(place, 'projects'),
        staging: join(place, 'staging'),
        gitEnv: {},
        report: { output: () => undefined, note: () => undefined },
        signal: new AbortController().signal,
      },
    );
    await expect(fetching).rejects.toMatchObject({ code: 'PROJECT_FAILED' });
  });
});

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)(`a full disk${isRoot ? '' : ' (skipped: only root can mount one)'}`, () => {
  it.each(['a repository', 'an archive'])('in the middle of %s is said, and leaves nothing', async (what) => {
    const noise = Buffer.from(Array.from({ length: 3 << 20 }, (_, index) => (index * 2_654_435_761) >>> 13));
    const disk = join(place, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    try {
      if (what === 'a repository') {
        const folder = server.addRepository('large', { README: 'x' });
        writeFileSync(join(folder, 'noise'), noise);
        git(folder, 'add', '.');
        git(folder, 'commit', '-m', 'Large');
      }
      const source =
        what === 'a repository'
          ? fromRepository(server.repository('large'))
          : { zip: { location: server.addFile('large.zip', writeZip([{ name: 'shop/noise', data: noise }])) } };
      const error = await expectRefusal(fetchProject(source, { folder: disk }), ['MACHINE_LACKS', 'ENOSPC'], disk);
      expect(error.message, error.details?.join('\n')).toMatch(/no space/i);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe('a repository that a container wrote to (threat 11)', () => {
  it('runs nothing of its own when work trees are made, looked at and removed', async () => {
    const folder = server.addRepository('ours', {
      '.gitattributes': '* filter=evil diff=evil\n',
      README: 'x',
      'evil.sh': '',
    });
    const script = join(place, 'evil.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${pwned}\ncat\n`);
    chmodSync(script, 0o755);
    const hooks = join(place, 'hooks');
    mkdirSync(hooks);
    for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'pre-auto-gc']) {
      writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch ${pwned}\n`);
      chmodSync(join(hooks, hook), 0o755);
      writeFileSync(join(folder, '.git/hooks', hook), `#!/bin/sh\ntouch ${pwned}\n`);
      chmodSync(join(folder, '.git/hooks', hook), 0o755);
    }
    const included = join(place, 'included');
    writeFileSync(included, `[filter "more"]\n\tclean = ${script}\n\tsmudge = ${script}\n`);
    const settings = {
      'filter.evil.clean': script,
      'filter.evil.smudge': script,
      'filter.evil.process': script,
      'filter.evil.required': 'true',
      'diff.evil.textconv': script,
      'diff.external': script,
      'core.fsmonitor': script,
      'core.hooksPath': hooks,
      'core.sshCommand': script,
      'core.pager': script,
      'core.editor': script,
      'credential.helper': script,
      'gpg.program': script,
      'log.showSignature': 'true',
      'alias.status': `!${script}`,
      'include.path': included,
      'protocol.ext.allow': 'always',
      'extensions.partialClone': 'origin',
      'remote.origin.url': `ext::${script}`,
      'remote.origin.promisor': 'true',
    };
    for (const [name, value] of Object.entries(settings)) git(folder, 'config', name, value);
    const gitEnv = { HOME: join(root, 'home') };
    writeFileSync(join(folder, 'README'), 'changed');
    expect(await findUnsavedInClone(folder, { gitEnv })).not.toEqual([]);
    const repository = await findRepository(folder, { gitEnv });
    const tree = await openWorktree(repository, 'feature/x');
    expect(readFileSync(join(tree.folder, 'README'), 'utf8')).toBe('x');
    const at = { folder: tree.folder, repository: repository.common };
    expect(await findUnsavedInWorktree(at, { gitEnv })).toEqual([]);
    writeFileSync(join(tree.folder, 'README'), 'more');
    expect(await findUnsavedInWorktree(at, { gitEnv })).toEqual(['1 changed or new: "README"']);
    await undoWorktree(repository, tree);
    expect(existsSync(tree.folder)).toBe(false);
    expect(git(folder, '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', 'branch').trim()).toBe('* main');
  });
});
