import type { ImageConfig } from '../images/types.ts';
import { makeImage } from './environment.fixture.ts';

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What the images of Software Collections say of themselves. */
const builder: ImageConfig = makeImage({
  user: '1001:0',
  env: { PATH: `/opt/app-root/src/bin:/opt/app-root/bin:${path}`, HOME: '/opt/app-root/src' },
  entrypoint: ['container-entrypoint'],
  command: ['/bin/sh', '-c', '$STI_SCRIPTS_PATH/usage'],
  workingDir: '/opt/app-root/src',
  ports: [8080],
});

/** What the images of Che's stacks say of themselves: they wait, and commands run in them. */
const che: ImageConfig = makeImage({
  user: '1724:0',
  env: { PATH: path, HOME: '/home/user' },
  entrypoint: ['/home/user/entrypoint.sh'],
  command: ['tail', '-f', '/dev/null'],
  workingDir: '/projects',
});

/** Images without a recipe that the stored plans name, by the start of their references. */
const images: Readonly<Record<string, ImageConfig>> = {
  'registry.access.redhat.com/ubi9/go-toolset:': builder,
  'quay.io/devfile/universal-developer-image@': makeImage({
    user: '10001:0',
    env: { PATH: `/home/user/.local/bin:${path}`, HOME: '/home/user' },
    entrypoint: ['/entrypoint.sh'],
    command: ['tail', '-f', '/dev/null'],
    workingDir: '/projects',
  }),
  'quay.io/eclipse/che--centos--mongodb-36-centos7:': makeImage({
    user: '184:0',
    env: { PATH: path },
    entrypoint: ['container-entrypoint'],
    command: ['run-mongod'],
    ports: [27_017],
  }),
  'quay.io/eclipse/che--centos--mysql-57-centos7:': makeImage({
    user: '27:0',
    env: { PATH: path },
    entrypoint: ['container-entrypoint'],
    command: ['run-mysqld'],
    ports: [3306],
  }),
  'registry.access.redhat.com/ubi8/ubi-minimal': makeImage({ env: { PATH: path }, command: ['/bin/bash'] }),
  'registry.access.redhat.com/ubi8-minimal:': makeImage({ env: { PATH: path }, command: ['/bin/bash'] }),
  'brightside-docker.packages.broadcom.com/cli-mainframe-basic-stack:': che,
  'brightside-docker.packages.broadcom.com/cli-mainframe-basic-plugins:': che,
  'quay.io/eclipse/che-': che,
  'bitnami/mongodb@': makeImage({
    user: '1001:0',
    env: { PATH: `/opt/bitnami/mongodb/bin:${path}`, HOME: '/' },
    entrypoint: ['/opt/bitnami/scripts/mongodb/entrypoint.sh'],
    command: ['/opt/bitnami/scripts/mongodb/run.sh'],
    ports: [27_017],
  }),
};

/** The image that a reference names, called by its repository's last part. */
export function findStackImage(reference: string): { readonly name: string; readonly config: ImageConfig } {
  const found = Object.entries(images).find(([start]) => reference.startsWith(start));
  if (found === undefined) throw new Error(`the table has no row for ${reference}`);
  const [start, config] = found;
  return { name: start.slice(start.lastIndexOf('/') + 1, -1), config };
}
