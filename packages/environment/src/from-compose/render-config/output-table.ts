/**
 * When a value is left out: `empty` when it is nothing, false, zero or empty; `absent` only when it is not written at
 * all (a service without `init` is another than one with `init: false`); `never` in JSON, where it is null instead.
 */
export type Omission = 'empty' | 'absent' | 'never';

export interface OutputField {
  readonly key: string;
  readonly omitted: Omission;
  /** The layout of the maps below: of the value itself, of each item of a list, or of each value of a map. */
  readonly layout?: LayoutName;
  readonly of?: 'itself' | 'items' | 'values';
  /** JSON writes the map even when it is empty. */
  readonly isKeptInJson?: true;
}

export type LayoutName = keyof typeof layouts;

const fields = (keys: string): readonly OutputField[] => keys.split(/\s+/).map((key) => ({ key, omitted: 'empty' }));
const pointer = (key: string): OutputField => ({ key, omitted: 'absent' });
const always = (key: string): OutputField => ({ key, omitted: 'never' });
const nested = (key: string, layout: string, of: 'itself' | 'items' | 'values' = 'itself'): OutputField => ({
  key,
  omitted: of === 'itself' ? 'absent' : 'empty',
  layout: layout as LayoutName,
  of,
});
/** A map of maps that is printed even when it is empty. */
const written = (key: string, layout: string): OutputField => ({ ...nested(key, layout, 'values'), omitted: 'absent' });
/** A map that is part of another: empty, YAML leaves it out and JSON does not. */
const part = (key: string, layout: string): OutputField => ({
  ...nested(key, layout),
  omitted: 'empty',
  isKeptInJson: true,
});

const container = [
  ...fields('annotations'),
  nested('blkio_config', 'blockDevices'),
  ...fields('cap_add cap_drop cgroup_parent cgroup cpu_count cpu_percent cpu_period cpu_quota'),
  ...fields('cpu_rt_period cpu_rt_runtime cpus cpuset cpu_shares'),
  always('command'),
  nested('configs', 'fileMount', 'items'),
  nested('credential_spec', 'credentialSpec'),
  ...fields('device_cgroup_rules'),
  nested('devices', 'device', 'items'),
  ...fields('dns dns_opt dns_search domainname'),
  always('entrypoint'),
  ...fields('environment'),
  nested('env_file', 'envFile', 'items'),
  ...fields('extra_hosts group_add'),
  nested('gpus', 'deviceRequest', 'items'),
  ...fields('hostname image'),
  pointer('init'),
  ...fields('ipc isolation labels label_file'),
  nested('logging', 'logging'),
  ...fields('mem_limit mem_reservation memswap_limit mem_swappiness mac_address'),
  nested('models', 'serviceModel', 'values'),
  ...fields('network_mode'),
  nested('networks', 'attachment', 'values'),
  ...fields(
    'oom_kill_disable oom_score_adj pid pids_limit platform privileged pull_policy pull_refresh_after read_only',
  ),
  ...fields('runtime'),
  nested('secrets', 'fileMount', 'items'),
  ...fields('security_opt shm_size'),
  pointer('stop_grace_period'),
  ...fields('stop_signal storage_opt sysctls tmpfs'),
  nested('ulimits', 'ulimit', 'values'),
  ...fields('use_api_socket user userns_mode uts'),
  nested('volumes', 'mount', 'items'),
  ...fields('volumes_from working_dir'),
];

const workload = [
  nested('build', 'build'),
  nested('depends_on', 'dependency', 'values'),
  ...fields('expose'),
  nested('healthcheck', 'healthcheck'),
  nested('ports', 'port', 'items'),
  ...fields('stdin_open tty'),
];

/** The keys of each map in the order docker compose prints them. Keys that are not listed follow, by name. */
export const layouts = {
  project: [
    ...fields('name'),
    written('services', 'service'),
    nested('jobs', 'job', 'values'),
    nested('networks', 'network', 'values'),
    nested('volumes', 'volume', 'values'),
    nested('secrets', 'fileObject', 'values'),
    nested('configs', 'fileObject', 'values'),
    nested('models', 'model', 'values'),
  ],
  service: [
    ...fields('profiles'),
    nested('deploy', 'deploy'),
    nested('develop', 'develop'),
    ...fields('restart'),
    pointer('scale'),
    pointer('attach'),
    ...fields('container_name'),
    nested('provider', 'provider'),
    ...fields('external_links links'),
    nested('pre_start', 'preStart', 'items'),
    nested('post_start', 'hook', 'items'),
    nested('pre_stop', 'hook', 'items'),
    ...container,
    ...workload,
  ],
  job: [...fields('profiles'), nested('triggers', 'triggers'), ...container, ...workload],
  preStart: [...container, ...fields('per_replica')],
  triggers: [pointer('manual'), ...fields('schedule')],
  hook: [always('command'), ...fields('user privileged working_dir environment')],
  provider: fields('type options'),
  deploy: [
    ...fields('mode'),
    pointer('replicas'),
    ...fields('labels'),
    nested('update_config', 'update'),
    nested('rollback_config', 'update'),
    part('resources', 'resources'),
    nested('restart_policy', 'restartPolicy'),
    part('placement', 'placement'),
    ...fields('endpoint_mode'),
  ],
  update: [pointer('parallelism'), ...fields('delay failure_action monitor max_failure_ratio order')],
  resources: [nested('limits', 'resource'), nested('reservations', 'resource')],
  resource: [
    ...fields('cpus memory pids'),
    nested('devices', 'deviceRequest', 'items'),
    ...fields('generic_resources'),
  ],
  deviceRequest: fields('capabilities driver count device_ids options'),
  restartPolicy: [...fields('condition'), pointer('delay'), pointer('max_attempts'), pointer('window')],
  placement: fields('constraints preferences max_replicas_per_node'),
  develop: [nested('watch', 'watch', 'items')],
  watch: [...fields('path action target'), part('exec', 'hook'), ...fields('include ignore initial_sync')],
  build: [
    ...fields('context dockerfile dockerfile_inline entitlements args provenance sbom ssh labels cache_from cache_to'),
    ...fields('no_cache no_cache_filter additional_contexts pull extra_hosts isolation network target'),
    nested('secrets', 'fileMount', 'items'),
    ...fields('shm_size tags'),
    nested('ulimits', 'ulimit', 'values'),
    ...fields('platforms privileged'),
  ],
  blockDevices: fields('weight weight_device device_read_bps device_read_iops device_write_bps device_write_iops'),
  credentialSpec: fields('config file registry'),
  dependency: [...fields('condition restart'), pointer('required')],
  device: fields('source target permissions'),
  envFile: fields('path required format'),
  fileMount: [...fields('source target uid gid'), pointer('mode')],
  healthcheck: [
    ...fields('test'),
    pointer('timeout'),
    pointer('interval'),
    pointer('retries'),
    pointer('start_period'),
    pointer('start_interval'),
    ...fields('disable'),
  ],
  logging: fields('driver options'),
  attachment: fields(
    'aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips mac_address priority',
  ),
  serviceModel: fields('endpoint_var model_var'),
  port: fields('name mode host_ip target published protocol app_protocol'),
  ulimit: [pointer('soft'), pointer('hard')],
  mount: [
    ...fields('type source target read_only consistency'),
    nested('bind', 'bind'),
    nested('volume', 'mountVolume'),
    nested('tmpfs', 'mountTmpfs'),
    nested('image', 'mountImage'),
  ],
  bind: [...fields('selinux propagation'), pointer('create_host_path'), ...fields('recursive')],
  mountVolume: fields('labels nocopy subpath'),
  mountTmpfs: fields('size mode'),
  mountImage: fields('subpath'),
  network: [
    ...fields('name driver driver_opts'),
    part('ipam', 'ipam'),
    ...fields('external internal attachable labels'),
    pointer('enable_ipv4'),
    pointer('enable_ipv6'),
  ],
  ipam: [...fields('driver'), nested('config', 'pool', 'items'), ...fields('options')],
  pool: fields('subnet gateway ip_range aux_addresses'),
  volume: fields('name driver driver_opts external labels'),
  fileObject: fields('name file environment content external labels driver driver_opts template_driver'),
  model: fields('name model context_size runtime_flags'),
} as const satisfies Record<string, readonly OutputField[]>;
