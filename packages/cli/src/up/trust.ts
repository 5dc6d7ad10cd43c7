import type { Container, Environment, Project, Starter } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import {
  approveWorkspace,
  type PreparedUp,
  shownArchiveAddress,
  updateWorkspace,
  type Workspace,
  withoutCredentials,
} from '@devstead/runtime';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';

/** What an environment asks of the machine: each mount, port and image by a line that can be compared. */
function listAskedFor(environment: Environment): string[] {
  const sources = [...environment.projects, ...environment.starters.filter(({ isChosen }) => isChosen)];
  return [...sources.flatMap(describeSource), ...environment.containers.flatMap(describeContainer)];
}

function describeSource({ name, git, zip }: Project | Starter): string[] {
  if (zip !== undefined) return [`project ${name} from ${shownArchiveAddress(zip.location)}`];
  const address = git?.remotes[git.checkoutRemote];
  return address === undefined ? [] : [`project ${name} from ${withoutCredentials(address)}`];
}

function describeContainer(container: Container): string[] {
  return [
    `image ${container.image}`,
    ...container.mounts.map(({ volume, path }) => `mount ${volume} at ${container.name}:${path}`),
    ...(container.sources === undefined ? [] : [`mount the project at ${container.name}:${container.sources.root}`]),
    ...describeService(container),
    ...container.endpoints.map(
      ({ name, port, exposure }) => `port ${port} of ${container.name} (${name}, ${exposure})`,
    ),
  ];
}

function describeService({ name, service }: Container): string[] {
  if (service === undefined) return [];
  return [
    ...service.binds.map(({ source, path }) => `mount ${source} at ${name}:${path}`),
    ...service.ports.map(
      ({ target, published, hostIp = '*' }) => `port ${target} of ${name} at ${hostIp}:${published ?? 'any'}`,
    ),
    ...service.trust.map(({ detail }) => `${name}: ${detail}`),
  ];
}

/**
 * What a compose project asks for beyond its own folder and networks is asked about once, also where nothing was fetched.
 * Throws NOT_TRUSTED.
 */
export async function requireServiceTrust(
  io: Io,
  workspace: Workspace,
  { environment }: PreparedUp,
  isAnswered: boolean,
): Promise<Workspace> {
  const asked = environment.containers.flatMap(({ name, service }) =>
    (service?.trust ?? []).map(({ detail }) => `${name}: ${detail}`),
  );
  const agreed = workspace.record.agreed ?? [];
  const more = asked.filter((item) => !agreed.includes(item));
  if (more.length === 0) return workspace;
  io.stderr.write('  the project asks for more than its folder and its networks:\n');
  for (const line of more) io.stderr.write(`    ${harmlessText(line, false)}\n`);
  await ask(io, isAnswered);
  return updateWorkspace(workspace, { agreed: asked });
}

/** Shows what a fetched repository would run and asks whether it may. Throws NOT_TRUSTED. */
export async function showWhatRuns(
  io: Io,
  environment: Environment,
  options: { readonly isAnswered: boolean; readonly title: string },
): Promise<void> {
  const commands = environment.commands.flatMap((command) =>
    command.type === 'exec'
      ? [`command ${command.id} in ${command.container}: ${command.commandLine.trim().split('\n').join('; ')}`]
      : [],
  );
  io.stderr.write(`  ${options.title} would run:\n`);
  for (const line of [...new Set(listAskedFor(environment)), ...commands])
    io.stderr.write(`    ${harmlessText(line, false)}\n`);
  await ask(io, options.isAnswered);
}

/**
 * A workspace that came from a fetched repository runs what was agreed to. When its devfile asks for mounts, ports or
 * images beyond that, it is asked about again. Throws NOT_TRUSTED.
 */
export async function requireTrust(
  io: Io,
  workspace: Workspace,
  { environment }: PreparedUp,
  options: { readonly isAnswered: boolean; readonly commit: string | undefined },
): Promise<Workspace> {
  const asked = listAskedFor(environment);
  const { approval } = workspace.record;
  if (options.commit !== undefined) return approveWorkspace(workspace, { commit: options.commit, items: asked });
  if (approval === undefined) return workspace;
  const more = asked.filter((item) => !approval.items.includes(item));
  if (more.length === 0) return workspace;
  io.stderr.write('  the devfile asks for more than was agreed to:\n');
  for (const line of more) io.stderr.write(`    ${harmlessText(line, false)}\n`);
  await ask(io, options.isAnswered);
  return approveWorkspace(workspace, { commit: approval.commit, items: asked });
}

async function ask(io: Io, isAnswered: boolean): Promise<void> {
  if (isAnswered) return;
  if (!io.stdin.isTerminal || !io.stderr.isTerminal) {
    throw new AppError('NOT_TRUSTED', 'there is no terminal to ask at', {
      hint: 'Read the list above and pass --yes.',
    });
  }
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question('  Run it? [y/N] ', { signal: io.signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    prompt.close();
  }
  throw new AppError('NOT_TRUSTED', 'not run: the answer was no');
}
