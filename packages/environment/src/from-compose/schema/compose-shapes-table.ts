import {
  anything,
  bytes,
  choice,
  decimal,
  dictionary,
  duration,
  flag,
  integer,
  list,
  map,
  nothing,
  oneOfWords,
  type Shape,
  scalar,
  text,
  uniqueList,
} from './shapes.ts';

const name = /^[a-zA-Z0-9._-]+$/;
const texts = uniqueList(text());
/** Lists whose entries are unique by a key: of two with the same one, the last counts. */
const keyedTexts = list(text());
const textOrTexts = choice(text(), keyedTexts);
const variables = choice(dictionary(scalar(['text', 'number', 'flag', 'null'])), keyedTexts);
const command = choice(nothing, text(), list(text()));
const hosts = choice(dictionary(choice(text(), list(text()))), texts);
const options = dictionary(scalar(['text', 'number']));
const external = choice(flag, map({ name: text() }, { isExtensible: false }));

const ulimits = dictionary(
  choice(integer(), map({ soft: integer(), hard: integer() }, { required: ['soft', 'hard'] })),
  /^[a-z]+$/,
);

const fileMounts = list(
  choice(
    text(),
    map({
      source: text(),
      target: text(),
      uid: text(),
      gid: text(),
      mode: scalar(['text', 'number'], { format: 'fileMode' }),
    }),
  ),
);

const deviceRequest = {
  capabilities: texts,
  count: scalar(['text', 'number']),
  device_ids: texts,
  driver: text(),
  options: variables,
};

const hook = map(
  { command, user: text(), privileged: flag, working_dir: text(), environment: variables },
  { required: ['command'] },
);

const build = map({
  context: text(),
  dockerfile: text(),
  dockerfile_inline: text(),
  entitlements: list(text()),
  args: variables,
  ssh: variables,
  labels: variables,
  cache_from: list(text()),
  cache_to: list(text()),
  no_cache: flag,
  no_cache_filter: textOrTexts,
  additional_contexts: variables,
  network: text(),
  provenance: scalar(['text', 'flag']),
  sbom: scalar(['text', 'flag']),
  pull: flag,
  target: text(),
  shm_size: bytes,
  extra_hosts: hosts,
  isolation: text(),
  privileged: flag,
  secrets: fileMounts,
  tags: list(text()),
  ulimits,
  platforms: list(text()),
});

const blockLimit = map({ path: text(), rate: bytes }, { isExtensible: false });
const blockWeight = map({ path: text(), weight: integer() }, { isExtensible: false });

const volumeMount = map(
  {
    type: oneOfWords('bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'),
    source: text(),
    target: text(),
    read_only: flag,
    consistency: text(),
    bind: map({
      propagation: text(),
      create_host_path: flag,
      recursive: oneOfWords('enabled', 'disabled', 'writable', 'readonly'),
      selinux: oneOfWords('z', 'Z'),
    }),
    volume: map({ labels: variables, nocopy: flag, subpath: text() }),
    tmpfs: map({ size: bytes, mode: scalar(['text', 'number'], { format: 'fileMode' }) }),
    image: map({ subpath: text() }),
  },
  { required: ['type'] },
);

const networkAttachment = map({
  aliases: keyedTexts,
  interface_name: text(),
  ipv4_address: text(),
  ipv6_address: text(),
  link_local_ips: keyedTexts,
  mac_address: text(),
  driver_opts: options,
  priority: decimal(),
  gw_priority: decimal(),
});

/** What a container of a service, a job or a `pre_start` step has (Compose Specification, Services). */
const containerFields = {
  annotations: variables,
  blkio_config: map(
    {
      device_read_bps: list(blockLimit),
      device_read_iops: list(blockLimit),
      device_write_bps: list(blockLimit),
      device_write_iops: list(blockLimit),
      weight: integer(),
      weight_device: list(blockWeight),
    },
    { isExtensible: false },
  ),
  cap_add: keyedTexts,
  cap_drop: keyedTexts,
  cgroup: oneOfWords('host', 'private'),
  cgroup_parent: text(),
  command,
  configs: fileMounts,
  cpu_count: integer({ least: 0 }),
  cpu_percent: decimal({ least: 0, most: 100 }),
  cpu_period: integer(),
  cpu_quota: integer(),
  cpu_rt_period: integer(),
  cpu_rt_runtime: integer(),
  cpu_shares: integer(),
  cpus: scalar(['text', 'number'], { format: 'cpus' }),
  cpuset: text(),
  credential_spec: map({ config: text(), file: text(), registry: text() }),
  device_cgroup_rules: texts,
  devices: list(choice(text(), map({ source: text(), target: text(), permissions: text() }, { required: ['source'] }))),
  dns: textOrTexts,
  dns_opt: keyedTexts,
  dns_search: textOrTexts,
  domainname: text(),
  entrypoint: command,
  env_file: choice(
    text(),
    list(
      choice(
        text(),
        map({ path: text(), format: text(), required: flag }, { required: ['path'], isExtensible: false }),
      ),
    ),
  ),
  environment: variables,
  extra_hosts: hosts,
  gpus: choice(oneOfWords('all'), list(map(deviceRequest))),
  group_add: uniqueList(scalar(['text', 'number'])),
  hostname: text(),
  image: text(),
  init: flag,
  ipc: text(),
  isolation: text(),
  label_file: choice(text(), list(text())),
  labels: variables,
  logging: map({ driver: text(), options: dictionary(scalar(['text', 'number', 'null'])) }),
  mac_address: text(),
  mem_limit: bytes,
  mem_reservation: bytes,
  mem_swappiness: integer(),
  memswap_limit: bytes,
  models: choice(texts, dictionary(choice(map({ endpoint_var: text(), model_var: text() }), nothing), name)),
  network_mode: text(),
  networks: choice(texts, dictionary(choice(networkAttachment, nothing), name)),
  oom_kill_disable: flag,
  oom_score_adj: integer({ least: -1000, most: 1000 }),
  pid: scalar(['text', 'null']),
  pids_limit: integer(),
  platform: text(),
  privileged: flag,
  pull_policy: text({
    pattern: /^(always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+)$/,
  }),
  pull_refresh_after: text(),
  read_only: flag,
  runtime: text(),
  secrets: fileMounts,
  security_opt: texts,
  shm_size: bytes,
  stop_grace_period: duration,
  stop_signal: text(),
  storage_opt: dictionary(anything),
  sysctls: variables,
  tmpfs: textOrTexts,
  ulimits,
  use_api_socket: flag,
  user: text(),
  userns_mode: text(),
  uts: text(),
  volumes: list(choice(text(), volumeMount)),
  volumes_from: texts,
  working_dir: text(),
} satisfies Record<string, Shape>;

/** The keys of a container: what a `pre_start` step has of its service where it says nothing else. */
export const containerKeys: ReadonlySet<string> = new Set(Object.keys(containerFields));

/** What services and jobs have beside their container. */
const workloadFields = {
  build: choice(text(), build),
  depends_on: choice(
    texts,
    dictionary(
      map(
        {
          restart: flag,
          required: flag,
          condition: oneOfWords('service_started', 'service_healthy', 'service_completed_successfully'),
        },
        { required: ['condition'] },
      ),
      name,
    ),
  ),
  expose: list(scalar(['text', 'number'])),
  healthcheck: map({
    disable: flag,
    interval: duration,
    retries: integer({ least: 0 }),
    test: choice(text(), list(text())),
    timeout: duration,
    start_period: duration,
    start_interval: duration,
  }),
  ports: list(
    choice(
      scalar(['text', 'number']),
      map({
        name: text(),
        mode: text(),
        host_ip: text(),
        target: scalar(['text', 'number'], { format: 'port' }),
        published: scalar(['text', 'number']),
        protocol: text(),
        app_protocol: text(),
      }),
    ),
  ),
  stdin_open: flag,
  tty: flag,
} satisfies Record<string, Shape>;

const updateConfig = map({
  parallelism: integer(),
  delay: duration,
  failure_action: text(),
  monitor: duration,
  max_failure_ratio: decimal(),
  order: oneOfWords('start-first', 'stop-first'),
});

const deploy = choice(
  nothing,
  map({
    mode: text(),
    endpoint_mode: text(),
    replicas: integer({ least: 0 }),
    labels: variables,
    rollback_config: updateConfig,
    update_config: updateConfig,
    resources: map({
      limits: map({
        cpus: scalar(['text', 'number'], { format: 'cpus' }),
        memory: text({ format: 'bytes' }),
        pids: integer(),
      }),
      reservations: map({
        cpus: scalar(['text', 'number'], { format: 'cpus' }),
        memory: text({ format: 'bytes' }),
        generic_resources: list(map({ discrete_resource_spec: map({ kind: text(), value: integer() }) })),
        devices: list(map(deviceRequest, { required: ['capabilities'] })),
      }),
    }),
    restart_policy: map({ condition: text(), delay: duration, max_attempts: integer(), window: duration }),
    placement: map({
      constraints: list(text()),
      preferences: list(map({ spread: text() })),
      max_replicas_per_node: integer(),
    }),
  }),
);

const develop = choice(
  nothing,
  map({
    watch: list(
      map(
        {
          ignore: textOrTexts,
          include: textOrTexts,
          path: text(),
          action: oneOfWords('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'),
          target: text(),
          exec: hook,
          initial_sync: flag,
        },
        { required: ['path', 'action'] },
      ),
    ),
  }),
);

const extending = choice(
  text(),
  map({ service: text(), file: text() }, { required: ['service'], isExtensible: false }),
);

const service = map({
  ...containerFields,
  ...workloadFields,
  attach: flag,
  container_name: text({ pattern: /[a-zA-Z0-9][a-zA-Z0-9_.-]+/ }),
  deploy,
  develop,
  extends: extending,
  external_links: texts,
  links: keyedTexts,
  post_start: list(hook),
  pre_start: list(map({ ...containerFields, per_replica: flag })),
  pre_stop: list(hook),
  profiles: keyedTexts,
  provider: map(
    {
      type: text(),
      options: dictionary(choice(scalar(['text', 'number', 'flag']), list(scalar(['text', 'number', 'flag'])))),
    },
    { required: ['type'] },
  ),
  restart: text({ pattern: /^(no|always|unless-stopped|on-failure(:\d+)?)$/ }),
  scale: integer({ least: 0 }),
});

const job = map(
  {
    ...containerFields,
    ...workloadFields,
    extends: extending,
    profiles: keyedTexts,
    triggers: map({
      manual: flag,
      schedule: list(
        choice(
          text({ format: 'cron' }),
          map(
            {
              cron: text({ format: 'cron' }),
              timezone: text(),
              concurrency: oneOfWords('forbid', 'queue'),
              missed_fires: oneOfWords('one', 'skip'),
            },
            { required: ['cron'] },
          ),
        ),
      ),
    }),
  },
  { required: ['triggers'] },
);

const include = choice(
  text(),
  map({ path: textOrTexts, env_file: textOrTexts, project_directory: text() }, { isExtensible: false }),
);

const network = choice(
  nothing,
  map({
    name: text(),
    driver: text(),
    driver_opts: options,
    ipam: map({
      driver: text(),
      config: list(map({ subnet: text(), ip_range: text(), gateway: text(), aux_addresses: dictionary(text()) })),
      options: dictionary(text()),
    }),
    external,
    internal: flag,
    enable_ipv4: flag,
    enable_ipv6: flag,
    attachable: flag,
    labels: variables,
  }),
);

const volume = choice(
  nothing,
  map({ name: text(), driver: text(), driver_opts: options, external, labels: variables }),
);

const secret = map({
  name: text(),
  environment: text(),
  file: text(),
  external,
  labels: variables,
  driver: text(),
  driver_opts: options,
  template_driver: text(),
});

const config = map({
  name: text(),
  content: text(),
  environment: text(),
  file: text(),
  external,
  labels: variables,
  template_driver: text(),
});

const model = map(
  { name: text(), model: text(), context_size: integer(), runtime_flags: list(text()) },
  { required: ['model'] },
);

/** A whole compose file (Compose Specification, all parts). */
export const composeShape = map({
  version: text(),
  name: text(),
  include: list(include),
  services: dictionary(service, name),
  jobs: dictionary(job, name),
  models: dictionary(model, name),
  networks: dictionary(network, name),
  volumes: dictionary(volume, name),
  secrets: dictionary(secret, name),
  configs: dictionary(config, name),
});
