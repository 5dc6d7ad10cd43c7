import { readFileSync } from 'node:fs';
import type { RuntimeSettings } from '../../settings.ts';
import type { RegistrySettings } from '../registry/registry-settings.ts';
import type { ConnectionSettings } from '../registry/send-request.ts';

/** How this machine reaches registries. */
export function machineConnection({ caBundle, proxies }: RuntimeSettings): ConnectionSettings {
  return {
    proxies: Object.fromEntries(proxies.map(({ name, value }) => [name, value])),
    ...(caBundle === undefined ? {} : { ca: readFileSync(caBundle, 'utf8') }),
  };
}

/** What this machine and its user say of registries. */
export function machineRegistries({ registries }: RuntimeSettings): RegistrySettings {
  return registries ?? { authFiles: [], helperEnv: {}, registriesFiles: [], registriesFolders: [], mirrors: {} };
}
