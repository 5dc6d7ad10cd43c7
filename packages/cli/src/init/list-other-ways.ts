import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { composeFileNames } from '@devstead/environment/compose';

/** What another command makes of a folder in which no language is recognised: sentences, none where there is nothing. */
export function listOtherWays(folder: string): string[] {
  const find = (names: readonly string[]): string | undefined => names.find((name) => existsSync(join(folder, name)));
  const compose = find(composeFileNames);
  const devcontainer = find(['.devcontainer/devcontainer.json', '.devcontainer.json']);
  const dockerfile = find(['Dockerfile', 'Containerfile']);
  return [
    ...(compose === undefined ? [] : [`\`devstead up\` runs ${compose} as it is.`]),
    ...(devcontainer === undefined
      ? []
      : [`\`devstead convert --to devfile ${devcontainer} --write .\` makes a devfile of it.`]),
    ...(dockerfile === undefined
      ? []
      : [`\`devstead image build -t NAME .\` builds ${dockerfile}, and \`devstead image run --rm NAME\` runs it.`]),
  ];
}
