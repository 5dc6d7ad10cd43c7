/**
 * The Debian packages that set-up installs, by purpose.
 *
 * `program` is what to look for where there is no dpkg: a program on PATH or, when it starts with `/`, a file.
 * `setting` is a file of the system that is written first, so that the package starts nothing by itself.
 * @typedef {{ name: string, program: string, use: string, setting?: { path: string, text: string } }} DebianPackage
 */

/** @type {readonly DebianPackage[]} */
const runPackages = [
  { name: 'mmdebstrap', program: 'mmdebstrap', use: 'builds the base images from Debian packages' },
  { name: 'crun', program: 'crun', use: 'starts the containers of a workspace' },
  { name: 'conmon', program: 'conmon', use: 'keeps the output and the exit code of each container' },
  { name: 'slirp4netns', program: 'slirp4netns', use: 'gives a workspace its outbound network' },
  { name: 'tini', program: 'tini', use: 'reaps processes and forwards signals inside a container' },
  { name: 'catatonit', program: 'catatonit', use: 'holds the namespaces of a workspace' },
  { name: 'buildah', program: 'buildah', use: 'builds images from Dockerfiles' },
  { name: 'uidmap', program: 'newuidmap', use: 'maps user ids for a workspace of a normal user' },
  { name: 'git', program: 'git', use: 'clones the projects of a devfile' },
  {
    name: 'ca-certificates',
    program: '/etc/ssl/certs/ca-certificates.crt',
    use: 'the certificate authorities that workspaces and image builds trust',
  },
  { name: 'openssl', program: 'openssl', use: 'makes throw-away certificates for the tests' },
  {
    name: 'debian-archive-keyring',
    program: '/usr/share/keyrings/debian-archive-keyring.gpg',
    use: 'checks the signatures of the Debian packages in base images',
  },
];

/** @type {readonly DebianPackage[]} */
const testPackages = [
  { name: 'openssh-client', program: 'ssh-agent', use: 'holds the keys that builds of the tests use' },
  { name: 'podman', program: 'podman', use: 'an engine that workspaces are tested on, and a peer of benchmarks' },
  {
    name: 'docker.io',
    program: 'dockerd',
    use: 'an engine that workspaces are tested on, and the one below docker compose',
  },
  { name: 'runc', program: 'runc', use: 'an OCI runtime for podman' },
  { name: 'netavark', program: 'netavark', use: 'the network of podman' },
  { name: 'iptables', program: 'iptables', use: 'the addresses in the network of podman' },
  { name: 'aardvark-dns', program: 'aardvark-dns', use: 'the names in the network of podman' },
  { name: 'docker-registry', program: 'docker-registry', use: 'the registry on loopback that tests pull images from' },
  { name: 'skopeo', program: 'skopeo', use: 'reads what `image export` writes; the peer of `image pull`' },
  { name: 'zsh', program: 'zsh', use: 'a shell that completion is tested in' },
  { name: 'fish', program: 'fish', use: 'a shell that completion is tested in' },
  {
    name: 'postgresql',
    program: '/usr/lib/postgresql',
    use: 'a database that the package index is tested with',
    setting: {
      path: '/etc/postgresql-common/createcluster.d/devstead.conf',
      text: 'create_main_cluster = false\n',
    },
  },
  { name: 'python3-venv', program: 'python3', use: 'the environment of the Python programs that tests call' },
];

/** @type {readonly DebianPackage[]} */
const benchPackages = [{ name: 'wrk', program: 'wrk', use: 'asks servers as fast as they answer' }];

const packages = {
  run: runPackages,
  test: [...runPackages, ...testPackages],
  bench: [...runPackages, ...testPackages, ...benchPackages],
};

/**
 * The packages that `purpose` needs: `run` for workspaces, `test` for the tests too, `bench` for the benchmarks as well.
 * @param {'run' | 'test' | 'bench'} purpose
 * @returns {readonly DebianPackage[]}
 */
export function listDebianPackages(purpose) {
  return packages[purpose];
}
