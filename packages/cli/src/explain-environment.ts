import type { Container, Environment, Origin } from '@devstead/environment';
import {
  caBundlePath,
  machineEnvironment,
  settingsFor,
  type WorkspaceRecord,
  withoutCredentials,
} from '@devstead/runtime';
import { listRecipes, standInFor } from '@devstead/runtime/images';
import type { ConfigEntry } from './config/load-configuration.ts';
import type { PipSetting } from './pip-settings.ts';
import type { Settings } from './settings.ts';

interface ExplainInput {
  readonly environment: Environment;
  readonly settings: Settings;
  readonly entries: readonly ConfigEntry[];
  readonly pip: readonly PipSetting[];
  /** The workspace made from it, when there is one. */
  readonly record: WorkspaceRecord | undefined;
}

type Provenance = Record<string, readonly Origin[]>;

/**
 * The environment with what the runtime adds to it, so that `why` finds it: the recipe that stands in for an image,
 * variables of the image and of the machine, ports of this machine. Credentials in addresses are left out.
 */
export async function explainEnvironment(input: ExplainInput): Promise<Environment> {
  const { environment, settings } = input;
  const recipes = await listRecipes();
  const rows = Object.entries(settings.rewrites).map(([image, recipe]) => ({ image, recipe }));
  const provenance: Provenance = { ...environment.provenance };
  const containers = environment.containers.map((container) => {
    const path = `containers.${container.name}`;
    const standIn = standInFor(container.image, recipes, rows);
    if (standIn !== undefined) {
      const rewrite: Origin = { kind: 'rewrite', detail: standIn.reason };
      provenance[`${path}.image`] = [rewrite, ...(provenance[`${path}.image`] ?? [])];
    }
    const added = addedVariables(container, standIn?.recipe.config.env ?? {}, input);
    for (const { name, origin } of added) provenance[`${path}.env.${name}`] = [origin];
    return {
      ...container,
      env: [...container.env, ...added.map(({ name, value }) => ({ name, value }))],
      endpoints: container.endpoints.map((endpoint) => {
        const hostPort = input.record?.ports[endpoint.name];
        if (hostPort === undefined) return endpoint;
        const detail = `the first port that was free from ${settings.firstPort} on, kept in the workspace’s state`;
        provenance[`${path}.endpoints.${endpoint.name}.hostPort`] = [{ kind: 'runtime', detail }];
        return { ...endpoint, hostPort };
      }),
    };
  });
  return { ...environment, containers, provenance };
}

interface AddedVariable {
  readonly name: string;
  readonly value: string;
  readonly origin: Origin;
}

/** Variables that a container gets although its source does not name them; the machine's win over the image's. */
function addedVariables(
  container: Container,
  imageEnv: Readonly<Record<string, string>>,
  input: ExplainInput,
): AddedVariable[] {
  const own = new Set(container.env.map(({ name }) => name));
  const settings = settingsFor(input.settings, input.environment);
  const machine = machineEnvironment(settings).machineEnv.map(({ name, value }) => ({
    name,
    value: value.split(' ').map(withoutCredentials).join(' '),
    origin: describeMachineVariable(name, value, input),
  }));
  const given = new Set(machine.map(({ name }) => name));
  const fromImage = Object.entries(imageEnv)
    .filter(([name]) => !given.has(name))
    .map(([name, value]) => ({ name, value, origin: { kind: 'runtime' as const, detail: 'set by the image' } }));
  return [...machine, ...fromImage].filter(({ name }) => !own.has(name));
}

function describeMachineVariable(name: string, value: string, { entries, pip, settings }: ExplainInput): Origin {
  const isOfIndex = settings.index?.variables.some((variable) => variable.name === name && variable.value === value);
  if (isOfIndex === true && !/^no_proxy$/i.test(name)) return describeIndexVariable(entries, settings);
  const setting = pip.find((candidate) => candidate.name === name);
  if (setting !== undefined) return { kind: 'configuration', detail: `pip’s own setting, from ${setting.source}` };
  if (value !== caBundlePath) {
    const index = isOfIndex === true ? ', and the package index' : '';
    return { kind: 'configuration', detail: `the variable ${name} of this machine${index}` };
  }
  const what = `the CA bundle ${settings.caBundle ?? ''}`;
  const source = entries.find(({ key }) => key.path === 'ca.bundle')?.source;
  switch (source?.kind) {
    case 'user':
    case 'repository':
      return {
        kind: 'configuration',
        file: source.file,
        line: source.line,
        column: source.column,
        detail: `${what}, by ca.bundle`,
      };
    case 'variable':
      return { kind: 'configuration', detail: `${what}, by ${source.variable}` };
    case 'machine':
      return { kind: 'configuration', detail: `${what}, by ${source.detail}` };
    default:
      return { kind: 'runtime', detail: what };
  }
}

/** Which index, and why that one. */
function describeIndexVariable(entries: readonly ConfigEntry[], { index }: Settings): Origin {
  const chosen = ['index.url', 'index.name', 'index.username']
    .map((path) => entries.find(({ key }) => key.path === path))
    .find((entry) => entry !== undefined && entry.source.kind !== 'default');
  const which = index?.relay === undefined ? 'the package index' : 'the package index of this machine';
  const source = chosen?.source;
  if (source?.kind === 'user' || source?.kind === 'repository') {
    const { file, line, column } = source;
    return { kind: 'configuration', file, line, column, detail: `${which}, by ${chosen?.key.path ?? ''}` };
  }
  const how = source?.kind === 'variable' ? source.variable : 'index.name, which is not set';
  return { kind: 'configuration', detail: `${which}, by ${how}` };
}
