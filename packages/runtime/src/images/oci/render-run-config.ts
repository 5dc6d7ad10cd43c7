import type { ImageConfig } from '../types.ts';

/** The part of an image's configuration that says how it is run (OCI image specification, config.md; Docker's `Healthcheck`). */
export function renderRunConfig(config: ImageConfig): object {
  const { ready, health = {}, labels } = config;
  const ports = [...new Set([...config.ports, ...(config.exposedPorts ?? [])])];
  const keys = (names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, {}]));
  const nanoseconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms * 1e6);
  const check = {
    Test: ['CMD', ...(ready ?? [])],
    Interval: nanoseconds(health.intervalMs),
    Timeout: nanoseconds(health.timeoutMs),
    StartPeriod: nanoseconds(health.startPeriodMs),
    StartInterval: nanoseconds(health.startIntervalMs),
    Retries: health.retries,
  };
  return {
    User: config.user,
    Env: Object.entries(config.env).map(([name, value]) => `${name}=${value}`),
    Entrypoint: config.entrypoint,
    Cmd: config.command,
    WorkingDir: config.workingDir,
    StopSignal: config.stopSignal,
    ...(ports.length === 0 ? {} : { ExposedPorts: keys(ports.map((port) => `${port}/tcp`)) }),
    ...(config.volumes.length === 0 ? {} : { Volumes: keys(config.volumes) }),
    ...(ready === undefined ? {} : { Healthcheck: check }),
    ...(labels === undefined ? {} : { Labels: labels }),
  };
}
