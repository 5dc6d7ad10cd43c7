import type { ProjectSource } from '@devstead/environment';
import { shownArchiveAddress } from '../projects/archive-address.ts';
import { withoutCredentials } from '../projects/git-address.ts';
import type { ContainerSpec, Mount } from './container-spec.ts';
import type { Plan, Step } from './types.ts';

/** A plan as text, a step a line with its cause: the dry run, the tests' goldens and the record of what was done. */
export function renderPlan(plan: Plan): string {
  const lines = plan.steps.flatMap((step, index) => [
    `${String(index + 1).padStart(2)}  ${step.id}  (${step.cause})`,
    ...renderDetail(step).map((line) => `      ${line}`),
  ]);
  const notes = plan.notes.map((note) => `    note: ${note}`);
  return [plan.title, ...(lines.length === 0 ? ['    nothing to do'] : lines), ...notes, ''].map(toOneLine).join('\n');
}

/** Control characters, and the marks that turn the direction of writing or end a line. */
const controls = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A devfile's words as one line that does nothing to a terminal. */
function toOneLine(text: string): string {
  return text.replace(controls, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function renderDetail(step: Step): string[] {
  switch (step.kind) {
    case 'container.start':
      return renderSpec(step.spec);
    case 'ports.publish':
      return step.ports.map((p) => `127.0.0.1:${p.hostPort} -> ${p.container}:${p.port} ${p.endpoint} (${p.exposure})`);
    case 'command.run':
      return [`in ${step.command.container}: ${step.command.commandLine.trim().split('\n').join('; ')}`];
    case 'image.pull':
      return [`from ${step.reference}`];
    case 'project.clone':
      return [
        `${renderSource(step.project)} -> ${step.project.clonePath}${step.withSubmodules ? ' with submodules' : ''}`,
      ];
    case 'starter.fetch':
      return [`${renderSource(step.starter)} -> ${step.folder}`];
    case 'volume.carry':
      return [`to the ${step.to} runtime`];
    case 'volumes.copy':
      return [`${step.volumes.join(', ')} of ${step.from}`];
    case 'worktree.remove':
      return [`${step.worktree}${step.isForced ? ', with what is nowhere else' : ''}`];
    default:
      return [];
  }
}

function renderSource({ git, zip, subDir }: ProjectSource): string {
  const address =
    git === undefined
      ? shownArchiveAddress(zip?.location ?? '')
      : withoutCredentials(git.remotes[git.checkoutRemote] ?? '');
  return [
    address,
    ...(git?.revision === undefined ? [] : [`at ${git.revision}`]),
    ...(subDir === undefined ? [] : [`folder ${subDir}`]),
  ].join(' ');
}

function renderSpec(spec: ContainerSpec): string[] {
  const { memoryLimitBytes, cpuLimitMillis } = spec.resources;
  return [
    `image    ${spec.image} (${spec.imageName})`,
    `program  ${spec.keptAlive === undefined ? spec.argv.join(' ') : `none: ${spec.keptAlive}`}`,
    `user     ${spec.user.uid}:${spec.user.gid} in ${spec.workingDir}, commands in ${spec.commandDir}`,
    ...spec.mounts.map((mount) => `mount    ${mount.path} <- ${mount.type} ${describeSource(mount)}`.trimEnd()),
    ...describeNetwork(spec),
    ...(spec.health === undefined ? [] : [`health   ${spec.health.argv.join(' ')}`]),
    ...(spec.restart === undefined ? [] : [`restart  ${spec.restart.policy}`]),
    ...(spec.startsAfter ?? []).map(({ container, condition }) => `after    ${container} ${condition}`),
    ...(memoryLimitBytes === undefined ? [] : [`memory   ${Math.round(memoryLimitBytes / 2 ** 20)} MiB`]),
    ...(cpuLimitMillis === undefined ? [] : [`cpu      ${cpuLimitMillis / 1000}`]),
    ...spec.env.map(({ name, value }) => `env      ${name}=${value}`),
  ];
}

function describeSource(mount: Mount): string {
  const isReadOnly = 'isReadOnly' in mount ? ' (read-only)' : '';
  switch (mount.type) {
    case 'volume':
      return [mount.volume, ...(mount.subPath === undefined ? [] : [mount.subPath])].join('/') + isReadOnly;
    case 'folder':
      return mount.source + isReadOnly;
    case 'file':
      if ('source' in mount) return mount.source;
      return 'variable' in mount ? `variable ${mount.variable}` : 'text';
    case 'memory':
      return mount.sizeBytes === undefined ? '' : `${Math.round(mount.sizeBytes / 2 ** 20)} MiB`;
  }
}

function describeNetwork({ dedicated, networks, networkOf, isCutOff }: ContainerSpec): string[] {
  if (networkOf !== undefined) return [`network  that of ${networkOf}`];
  const outlet = isCutOff === true ? ', none to outside' : '';
  if (networks !== undefined)
    return [`network  ${networks.map(({ network }) => network).join(', ') || 'none'}${outlet}`];
  return dedicated === true ? ['network  its own'] : [];
}
