import type { Severity } from '@devstead/kit';

export interface IgnoredKey {
  /** What is different without it, as a sentence after the key. */
  readonly consequence: string;
  /** `info`: nobody who develops notices. */
  readonly severity: Severity;
}

const noticed = (consequence: string): IgnoredKey => ({ consequence, severity: 'warning' });
const unnoticed = (consequence: string): IgnoredKey => ({ consequence, severity: 'info' });

const swarm = unnoticed('it is for a swarm of machines; on this one nothing changes');
const windows = unnoticed('it is for Windows containers');
const shares = unnoticed('processor time is shared evenly, up to the limit of `cpus`');

/**
 * Every key of the specification that has no effect here, by its place (`*` is any name, items of lists add nothing), with
 * what is different without it. A key covers all below it. What is neither here nor in `modelled-keys.fixture.ts` fails a test.
 */
export const ignoredKeys: Readonly<Record<string, IgnoredKey>> = {
  jobs: noticed('jobs are not run; run their command with `exec` in a service, or make them services with a profile'),
  models: noticed('no language models are served; services that use one do not find its address'),
  'services.*.annotations': unnoticed('annotations are for engines; nothing here reads them'),
  'services.*.attach': unnoticed('the output of every service is kept and shown by `logs`'),
  'services.*.blkio_config': unnoticed('disks are shared evenly'),
  'services.*.build.cache_from': unnoticed('layers of earlier builds on this machine are used without being named'),
  'services.*.build.cache_to': unnoticed('layers are kept for later builds on this machine alone'),
  'services.*.build.entitlements': noticed('steps of a build get no more rights than others'),
  'services.*.build.isolation': windows,
  'services.*.build.no_cache_filter': noticed('`no_cache` builds every stage anew'),
  'services.*.build.privileged': noticed('steps of a build get no more rights than others'),
  'services.*.build.provenance': unnoticed('no statement of origin is attached to an image'),
  'services.*.build.sbom': unnoticed('no list of parts is attached to an image'),
  'services.*.cgroup_parent': unnoticed('control groups are those of the workspace'),
  'services.*.cpu_count': windows,
  'services.*.cpu_percent': windows,
  'services.*.cpu_period': noticed('only `cpus` limits processor time'),
  'services.*.cpu_quota': noticed('only `cpus` limits processor time'),
  'services.*.cpu_rt_period': unnoticed('no process gets real-time priority'),
  'services.*.cpu_rt_runtime': unnoticed('no process gets real-time priority'),
  'services.*.cpu_shares': shares,
  'services.*.cpuset': unnoticed('services run on any processor'),
  'services.*.credential_spec': windows,
  'services.*.deploy.endpoint_mode': swarm,
  'services.*.deploy.labels': swarm,
  'services.*.deploy.mode': swarm,
  'services.*.deploy.placement': swarm,
  'services.*.deploy.resources.reservations.cpus': unnoticed('processors are not reserved'),
  'services.*.deploy.resources.reservations.memory': unnoticed('memory is not reserved'),
  'services.*.deploy.resources.reservations.devices': noticed(
    'no graphics processor or other device is given to the service',
  ),
  'services.*.deploy.resources.reservations.generic_resources': swarm,
  'services.*.deploy.restart_policy.delay': unnoticed(
    'a service that ends again and again waits longer each time by itself',
  ),
  'services.*.deploy.restart_policy.window': unnoticed('a service counts as up when it runs for 10 s'),
  'services.*.deploy.rollback_config': swarm,
  'services.*.deploy.update_config': swarm,
  'services.*.develop.watch.exec.privileged': noticed('the command has the service’s own privileges'),
  'services.*.device_cgroup_rules': noticed('devices are those every container has'),
  'services.*.domainname': noticed('the host name has no domain'),
  'services.*.external_links': noticed('containers outside the project are not reached by name'),
  'services.*.isolation': windows,
  'services.*.logging': unnoticed(
    'output is kept with a limit and shown by `logs`; drivers and their options are not used',
  ),
  'services.*.mac_address': noticed('the network chooses the hardware address'),
  'services.*.mem_reservation': unnoticed('memory is not reserved'),
  'services.*.mem_swappiness': unnoticed('the machine decides what is swapped out'),
  'services.*.memswap_limit': unnoticed('memory and swap are limited together by `mem_limit`'),
  'services.*.models': noticed('no language models are served, and the variables that name them are not set'),
  'services.*.networks.*.driver_opts': unnoticed('networks are of one kind, without options'),
  'services.*.networks.*.gw_priority': noticed('the first network leads out'),
  'services.*.networks.*.interface_name': noticed('network interfaces have names of their own'),
  'services.*.networks.*.ipv6_address': noticed('networks have IPv4 addresses only'),
  'services.*.networks.*.link_local_ips': noticed('there are no link-local addresses'),
  'services.*.networks.*.mac_address': noticed('the network chooses the hardware address'),
  'services.*.networks.*.priority': unnoticed('networks are joined in the order of their names'),
  'services.*.oom_kill_disable': noticed('a service that uses more memory than its limit is ended'),
  'services.*.oom_score_adj': unnoticed('the machine decides what ends first when memory is short'),
  'services.*.platform': noticed('images are of this machine’s processor only'),
  'services.*.ports.app_protocol': unnoticed('addresses are shown as http where they answer so'),
  'services.*.ports.mode': unnoticed('ports are published on this machine either way'),
  'services.*.post_start': noticed('the command after the start is not run; run it with `exec`'),
  'services.*.pre_start': noticed(
    'the containers before the start are not run; make them services that `depends_on` waits for',
  ),
  'services.*.pre_stop': noticed('the command before the stop is not run'),
  'services.*.provider': noticed(
    'the program that provides this service is not called, and what depends on it lacks its variables',
  ),
  'services.*.pull_refresh_after': unnoticed('an image that is here is used until `pull` is asked for'),
  'services.*.runtime': unnoticed('every service runs in the same sandbox'),
  'services.*.stdin_open': noticed('the service’s input is closed; open a terminal with `exec`'),
  'services.*.storage_opt': noticed('the service’s own files have no size limit'),
  'services.*.tty': noticed('the service writes to a pipe: programs may leave out colours and write whole blocks'),
  'services.*.volumes.bind.propagation': noticed('what is mounted inside the source later is not seen in the service'),
  'services.*.volumes.bind.recursive': noticed('mounts below the source are seen, read-only where it is'),
  'services.*.volumes.bind.selinux': unnoticed('files are not labelled for SELinux'),
  'services.*.volumes.consistency': unnoticed('it is for Docker Desktop; files are the same at once here'),
  'services.*.volumes.image': noticed('files of another image are not mounted'),
  'services.*.volumes.volume.labels': unnoticed('volumes without a name have no labels'),
  'services.*.volumes.volume.nocopy': noticed('a new volume begins with what the image has at its path'),
  'services.*.volumes_from': noticed('mounts of other services are not taken over; name them in `volumes`'),
  'networks.*.attachable': unnoticed('containers outside the project do not join networks'),
  'networks.*.driver': noticed('networks are of one kind: bridges of this machine'),
  'networks.*.driver_opts': unnoticed('networks are of one kind, without options'),
  'networks.*.external': noticed('a network of this project stands for it; services of other projects are not in it'),
  'networks.*.enable_ipv4': noticed('networks have IPv4 addresses'),
  'networks.*.enable_ipv6': noticed('networks have IPv4 addresses only'),
  'networks.*.ipam.config.aux_addresses': unnoticed('addresses are given to services only'),
  'networks.*.ipam.config.gateway': noticed('the gateway has the first address of the network'),
  'networks.*.ipam.config.ip_range': noticed('addresses come from the whole network'),
  'networks.*.ipam.driver': unnoticed('addresses are given out in one way'),
  'networks.*.ipam.options': unnoticed('addresses are given out in one way'),
  'volumes.*.external': noticed(
    'a volume of this project stands for it, which begins empty; `volume restore` fills it',
  ),
  'volumes.*.driver': noticed('volumes are folders of this machine; one of another driver begins empty'),
  'volumes.*.driver_opts': noticed('volumes are folders of this machine: nothing is mounted into them'),
  'secrets.*.external': noticed('nothing here keeps secrets: services do not get the file'),
  'secrets.*.driver': noticed('the secret is not fetched from its store'),
  'secrets.*.driver_opts': noticed('the secret is not fetched from its store'),
  'secrets.*.labels': unnoticed('nothing reads the labels of secrets'),
  'secrets.*.template_driver': noticed('the contents are shown as they are, without templates'),
  'configs.*.external': noticed('nothing here keeps configs: services do not get the file'),
  'configs.*.labels': unnoticed('nothing reads the labels of configs'),
  'configs.*.template_driver': noticed('the contents are shown as they are, without templates'),
};
