/** What of the machine and its user pulls from registries depend on; which of the files exist, the reader finds out. */
export interface RegistrySettings {
  /**
   * Files with logins, those of the first come first: containers-auth.json(5) and docker's config.json. The first that
   * has a login for a registry is used.
   */
  readonly authFiles: readonly string[];
  /** Environment of `docker-credential-*` programs, with the PATH they are looked up on. */
  readonly helperEnv: Readonly<Record<string, string>>;
  /** containers-registries.conf(5) files: the first that exists is read. */
  readonly registriesFiles: readonly string[];
  /** Folders whose `*.conf` files add to it, the later ones winning. */
  readonly registriesFolders: readonly string[];
  /** Registry (or registry and path) to the places asked before it, `HOST[:PORT][/PATH]` or with `http://` in front. */
  readonly mirrors: Readonly<Record<string, string>>;
}

/** Where a user's and a machine's files about registries are, by what the environment says of them. */
export function findRegistryFiles(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): Omit<RegistrySettings, 'mirrors' | 'helperEnv'> {
  const get = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const configuration = get('XDG_CONFIG_HOME') ?? `${home}/.config`;
  const runtime = get('XDG_RUNTIME_DIR');
  const named = get('REGISTRY_AUTH_FILE');
  const own = get('CONTAINERS_REGISTRIES_CONF');
  return {
    authFiles: [
      ...(named === undefined ? [] : [named]),
      ...(runtime === undefined ? [] : [`${runtime}/containers/auth.json`]),
      `${configuration}/containers/auth.json`,
      `${get('DOCKER_CONFIG') ?? `${home}/.docker`}/config.json`,
    ],
    registriesFiles:
      own === undefined ? [`${configuration}/containers/registries.conf`, '/etc/containers/registries.conf'] : [own],
    registriesFolders: ['/etc/containers/registries.conf.d', `${configuration}/containers/registries.conf.d`],
  };
}
