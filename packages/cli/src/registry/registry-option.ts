import { Option } from 'commander';

/** `--registry`: the registries that a command is about, instead of the own one and those of the configuration. */
export function registryOption(): Option {
  return new Option('--registry <address>', 'ask this registry instead; may be repeated')
    .default([], 'the own one, and those of the configuration')
    .argParser((address: string, before: readonly string[]) => [...before, address]);
}
