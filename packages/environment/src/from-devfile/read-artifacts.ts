import type { Component, DocumentPath } from '@devstead/devfile';
import { readBuildWords } from '../read-build-words.ts';
import type { Artifact } from '../types.ts';
import { listApplications } from './applied.ts';
import { originOfRule, type Reading } from './reading.ts';

/** The field by which a component says whether it is applied without a command. */
const switches = { image: 'autoBuild', kubernetes: 'deployByDefault', openshift: 'deployByDefault' } as const;

/**
 * The components that are images or manifests. One is applied with the environment when its switch is true, or is not
 * set and no command names it; else when a command applies it (odo, 4.5). Manifests give
 * `environment.component-ignored`, once each.
 */
export function readArtifacts(reading: Reading): readonly Artifact[] {
  return (reading.devfile.components ?? []).flatMap((component, index) => {
    const kind = (['image', 'kubernetes', 'openshift'] as const).find((one) => component[one] !== undefined);
    return kind === undefined ? [] : [readArtifact(reading, component, kind, ['components', index])];
  });
}

function readArtifact(reading: Reading, component: Component, kind: Artifact['kind'], at: DocumentPath): Artifact {
  const { name, image } = component;
  const path = `artifacts.${name}`;
  reading.record(`${path}.name`, reading.originsAt([...at, 'name']));
  reading.record(`${path}.kind`, [
    originOfRule(`the key ${kind} makes the component's kind`),
    ...reading.originsAt([...at, kind]),
  ]);
  if (image !== undefined) reading.record(`${path}.imageName`, reading.originsAt([...at, 'image', 'imageName']));
  const applied = readApplied(reading, component, kind, at);
  if (kind !== 'image') reportManifest(reading, { name, kind, applied }, at);
  const dockerfile = readDockerfile(reading, component, `${path}.dockerfile`, [...at, 'image', 'dockerfile']);
  return {
    name,
    kind,
    applied,
    ...(image === undefined ? {} : { imageName: image.imageName }),
    ...(dockerfile === undefined ? {} : { dockerfile }),
  };
}

/** A Dockerfile that lies beside the devfile; of a registry or a Git repository there is none here. */
function readDockerfile(
  reading: Reading,
  { image }: Component,
  path: string,
  at: DocumentPath,
): Artifact['dockerfile'] {
  const { uri, buildContext, args } = image?.dockerfile ?? {};
  if (typeof uri !== 'string' || /^[a-z]+:\/\//i.test(uri)) return undefined;
  reading.record(`${path}.uri`, reading.originsAt([...at, 'uri']));
  const context = reading.originsAt([...at, 'buildContext']);
  reading.record(
    `${path}.buildContext`,
    context.length > 0 ? context : [originOfRule('without buildContext, the devfile’s folder')],
  );
  const words = Array.isArray(args) ? args.filter((one): one is string => typeof one === 'string') : [];
  const written = reading.originsAt([...at, 'args']);
  reading.record(`${path}.args`, written.length > 0 ? written : [originOfRule('without args, none')]);
  const { args: pairs, target, others } = readBuildWords(words);
  if (target !== undefined) reading.record(`${path}.target`, written);
  if (others.length > 0) {
    reading.report({
      code: 'environment.build-option',
      severity: 'warning',
      at: [...at, 'args'],
      message: `The image is built without ${others.join(' ')}.`,
    });
  }
  return {
    uri,
    buildContext: typeof buildContext === 'string' ? buildContext : '.',
    args: pairs,
    ...(target === undefined ? {} : { target }),
  };
}

function readApplied(
  reading: Reading,
  component: Component,
  kind: Artifact['kind'],
  at: DocumentPath,
): Artifact['applied'] {
  const field = switches[kind];
  const { autoBuild, deployByDefault } = { ...component.image, ...(component.kubernetes ?? component.openshift) };
  const isAutomatic = kind === 'image' ? autoBuild : deployByDefault;
  const applications = listApplications(reading.devfile, component.name);
  const path = `artifacts.${component.name}.applied`;
  const commands = applications.flatMap(({ index }) =>
    reading.originsAt(['commands', index, 'apply', 'component']).slice(0, 1),
  );
  if (isAutomatic === undefined) {
    const rule =
      applications.length === 0
        ? `without ${field}, what no command applies is applied with the environment`
        : `without ${field}, what a command applies is left to the command`;
    reading.record(path, [originOfRule(rule), ...commands]);
    return applications.length === 0 ? 'start' : 'command';
  }
  reading.record(path, [...reading.originsAt([...at, kind, field]), ...(isAutomatic ? [] : commands)]);
  return isAutomatic ? 'start' : applications.length === 0 ? 'never' : 'command';
}

/** Manifests need a cluster: whether that is missed depends on when they would have been applied. */
function reportManifest(reading: Reading, { name, kind, applied }: Artifact, at: DocumentPath): void {
  const when = {
    start: 'would be deployed with the environment; no cluster is here to deploy it to.',
    command: 'is deployed by a command alone, which has no cluster here to deploy it to.',
    never: 'is never deployed: deployByDefault is false, and no command applies it.',
  };
  reading.report({
    code: 'environment.component-ignored',
    severity: applied === 'start' ? 'warning' : 'info',
    at: [...at, 'name'],
    message: `Component "${name}" (${kind}) ${when[applied]}`,
  });
}
