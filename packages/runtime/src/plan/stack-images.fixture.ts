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
