import type { ServiceDependency, ServiceHealthcheck, ServiceRestart } from '../../service-types.ts';
import { type MapNode, mapAt, nodeAt } from '../tree/node.ts';
import type { Notes } from './notes.ts';
import { present, readFlag, readMilliseconds, readNumber, readText, readTexts } from './read-values.ts';

const conditions = {
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
} as const;

/** `depends_on`, with what links and shared namespaces mean. */
export function readDependencies(service: MapNode, path: string, notes: Notes): readonly ServiceDependency[] {
  return [...(mapAt(service, 'depends_on')?.entries ?? [])].map(([name, { node }]) => {
    const at = `${path}.dependsOn.${name}`;
    notes.note(at, node);
    notes.note(`${at}.condition`, nodeAt(node, 'condition'));
    notes.note(`${at}.required`, nodeAt(node, 'required'));
    const condition = readText(node, 'condition') as keyof typeof conditions | undefined;
    return {
      service: name,
      condition: conditions[condition ?? 'service_started'],
      restart: readFlag(node, 'restart'),
      required: nodeAt(node, 'required') === undefined || readFlag(node, 'required'),
    };
  });
}

export function readHealthcheck(service: MapNode, path: string, notes: Notes): ServiceHealthcheck | undefined {
  const check = mapAt(service, 'healthcheck');
  if (check === undefined) return undefined;
  const at = `${path}.healthcheck`;
  notes.note(at, check);
  const names = {
    test: 'test',
    interval: 'intervalMs',
    timeout: 'timeoutMs',
    retries: 'retries',
    start_period: 'startPeriodMs',
    start_interval: 'startIntervalMs',
    disable: 'disabled',
  };
  for (const [key, name] of Object.entries(names)) notes.note(`${at}.${name}`, nodeAt(check, key));
  const test = readTexts(check, 'test');
  return {
    disabled: readFlag(check, 'disable') || test[0] === 'NONE',
    ...present({
      test: test.length === 0 ? undefined : test,
      intervalMs: readMilliseconds(check, 'interval'),
      timeoutMs: readMilliseconds(check, 'timeout'),
      retries: readNumber(check, 'retries'),
      startPeriodMs: readMilliseconds(check, 'start_period'),
      startIntervalMs: readMilliseconds(check, 'start_interval'),
    }),
  };
}

const deployPolicies: Readonly<Record<string, ServiceRestart['policy']>> = {
  none: 'no',
  no: 'no',
  'on-failure': 'on-failure',
  any: 'always',
  always: 'always',
  'unless-stopped': 'unless-stopped',
};

/** `deploy.restart_policy` counts before `restart`, as docker compose has it. */
export function readRestart(service: MapNode, path: string, notes: Notes): ServiceRestart {
  const at = `${path}.restart`;
  const deployed = nodeAt(service, 'deploy', 'restart_policy');
  if (deployed !== undefined) {
    notes.note(at, deployed);
    const policy = deployPolicies[readText(deployed, 'condition') ?? 'any'] ?? 'always';
    return { policy, ...present({ maxRetries: readNumber(deployed, 'max_attempts') }) };
  }
  const node = nodeAt(service, 'restart');
  if (node === undefined) {
    notes.rule(at, 'a service that ends stays ended');
    return { policy: 'no' };
  }
  notes.note(at, node);
  const [policy = 'no', retries] = (readText(node) ?? 'no').split(':');
  return {
    policy: policy as ServiceRestart['policy'],
    ...present({ maxRetries: retries === undefined ? undefined : Number(retries) }),
  };
}

const usualGraceMs = 10_000;

export function readStop(service: MapNode, path: string, notes: Notes): { signal?: string; gracePeriodMs: number } {
  const at = `${path}.stop`;
  const grace = nodeAt(service, 'stop_grace_period');
  notes.rule(at, 'a service has 10 s to end');
  notes.note(`${at}.gracePeriodMs`, grace);
  notes.note(`${at}.signal`, nodeAt(service, 'stop_signal'));
  return {
    gracePeriodMs: readMilliseconds(grace) ?? usualGraceMs,
    ...present({ signal: readText(service, 'stop_signal') }),
  };
}

/** `scale`, else `deploy.replicas`, else one. */
export function readReplicas(service: MapNode, path: string, notes: Notes): number {
  const node = nodeAt(service, 'scale') ?? nodeAt(service, 'deploy', 'replicas');
  if (node === undefined) notes.rule(`${path}.replicas`, 'there is one container of a service');
  else notes.note(`${path}.replicas`, node);
  return readNumber(node) ?? 1;
}
