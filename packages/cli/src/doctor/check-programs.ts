import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { installCommand, type Requirement } from './requirement.ts';

interface Program {
  readonly name: string;
  readonly debianPackage: string;
  readonly purpose: string;
  /** Where it must be. Default: the folders of the system's programs. */
  readonly folders?: readonly string[];
  /** Only needed by: */
  readonly user?: 'root' | 'normal';
  /** What happens without it. Default: missing. */
  readonly without?: 'warn';
}

const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

const programs: readonly Program[] = [
  { name: 'crun', debianPackage: 'crun', purpose: 'starts the containers of a workspace', folders: ['/usr/bin'] },
  { name: 'conmon', debianPackage: 'conmon', purpose: 'keeps the output and the exit code of each container' },
  { name: 'slirp4netns', debianPackage: 'slirp4netns', purpose: 'outbound network of a workspace', without: 'warn' },
  { name: 'tini-static', debianPackage: 'tini', purpose: 'first process of a container and of a command' },
  {
    name: 'catatonit',
    debianPackage: 'catatonit',
    purpose: 'keeps a container alive that has no program',
    folders: ['/usr/bin', '/usr/libexec/podman', '/usr/local/bin'],
  },
  { name: 'unshare', debianPackage: 'util-linux', purpose: 'keeps image builds apart from the machine' },
  { name: 'nsenter', debianPackage: 'util-linux', purpose: 'enters the namespaces of a workspace' },
  { name: 'setpriv', debianPackage: 'util-linux', purpose: 'ends commands with the one who called them' },
  { name: 'flock', debianPackage: 'util-linux', purpose: 'keeps two image builds apart' },
  { name: 'perl', debianPackage: 'perl-base', purpose: 'makes namespaces and mounts, and starts containers' },
  { name: 'newuidmap', debianPackage: 'uidmap', purpose: 'user ids of a normal user’s workspaces', user: 'normal' },
  { name: 'newgidmap', debianPackage: 'uidmap', purpose: 'group ids of a normal user’s workspaces', user: 'normal' },
  { name: 'buildah', debianPackage: 'buildah', purpose: 'builds images from Dockerfiles', without: 'warn' },
  { name: 'git', debianPackage: 'git', purpose: 'clones projects and repositories', without: 'warn' },
];

/** The programs that Devstead calls. `mmdebstrap` is only needed while images are missing. */
export function checkPrograms(uid: number, hasAllImages: boolean): Requirement[] {
  const builder: Program = {
    name: 'mmdebstrap',
    debianPackage: 'mmdebstrap',
    purpose: 'builds base images from Debian packages',
    ...(hasAllImages ? { without: 'warn' as const } : {}),
  };
  return [...programs, builder]
    .filter(({ user }) => user === undefined || (user === 'root') === (uid === 0))
    .map(({ name, debianPackage, purpose, folders, without }): Requirement => {
      const place = (folders ?? systemFolders).map((folder) => join(folder, name)).find(isExecutable);
      if (place !== undefined) return { id: `program.${name}`, state: 'ok', purpose, found: place };
      const fix = installCommand([debianPackage], uid);
      return { id: `program.${name}`, state: without ?? 'missing', purpose, found: 'not installed', fix };
    });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
