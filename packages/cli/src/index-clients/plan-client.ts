import { existsSync, readFileSync } from 'node:fs';
import { AppError } from '@devstead/kit';
import { hasBlock } from './files/marked-block.ts';
import { planPdm, planPip, planPoetry, planTwine, planUv } from './plan-package-clients.ts';
import { planDevpi, planShell } from './plan-shells.ts';
import type { ClientName, ClientPlan, IndexAddress, Places, Scope } from './types.ts';

/** What telling a client of an index comes to. Throws USAGE where the client has no settings of that scope. */
export function planClient(client: ClientName, address: IndexAddress, scope: Scope, places: Places): ClientPlan {
  switch (client) {
    case 'pip':
      return planPip(address, scope, places);
    case 'uv':
      return planUv(address, scope, places);
    case 'poetry':
      return planPoetry(address, scope, places);
    case 'pdm':
      return planPdm(address, scope, places);
    case 'twine':
      return planTwine(address, scope, places);
    case 'devpi':
      return planDevpi(address, scope, places);
    default:
      return planShell(client, address, scope, places);
  }
}

/** True when the scripts of a client are those of another one that is told of an index, too. */
export function scriptsAreUsed(client: ClientName, scope: Scope, places: Places): boolean {
  const others = (['devpi', 'fish', 'bash', 'zsh'] as const).filter((name) => name !== client);
  const address: IndexAddress = { url: '', index: '', username: '' };
  return others.some((name) => {
    try {
      const [first] = planClient(name, address, scope, places).edits;
      return first !== undefined && existsSync(first.path) && hasBlock(readFileSync(first.path, 'utf8'));
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  });
}
