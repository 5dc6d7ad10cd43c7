import type {
  Command,
  Component,
  CompositeCommand,
  ContainerComponent,
  Devfile,
  Endpoint,
  ExecCommand,
  Group,
  ManifestComponent,
  VolumeComponent,
} from './types.ts';

// What an absent boolean means (devfile-v2 1.3, step 7). The model keeps "absent", because for `autoBuild` and
// `deployByDefault` a tool may decide by it.

export const isDedicatedPod = (container: ContainerComponent): boolean => container.dedicatedPod ?? false;
/** Sources are mounted unless the container has a pod of its own. */
export const hasMountedSources = (container: ContainerComponent): boolean =>
  container.mountSources ?? !isDedicatedPod(container);
export const isSecure = (endpoint: Endpoint): boolean => endpoint.secure ?? false;
export const isEphemeral = (volume: VolumeComponent): boolean => volume.ephemeral ?? false;
export const isHotReloadCapable = (exec: ExecCommand): boolean => exec.hotReloadCapable ?? false;
export const isParallel = (composite: CompositeCommand): boolean => composite.parallel ?? false;
export const isDefaultOfGroup = (group: Group): boolean => group.isDefault ?? false;

/** The devfile with every boolean default filled in, as the reference's flattened result has them. */
export function applyBooleanDefaults(devfile: Devfile): Devfile {
  const has = (version: string) => devfile.schemaVersion.startsWith(version);
  const isFrom210 = !has('2.0.');
  const isFrom220 = isFrom210 && !has('2.1.');
  return {
    ...devfile,
    ...(devfile.components && {
      components: devfile.components.map((component) => fillComponent(component, isFrom210, isFrom220)),
    }),
    ...(devfile.commands && { commands: devfile.commands.map(fillCommand) }),
  };
}

function fillComponent(component: Component, isFrom210: boolean, isFrom220: boolean): Component {
  const { container, kubernetes, openshift, volume, image } = component;
  return {
    ...component,
    ...(container && { container: fillContainer(container) }),
    ...(kubernetes && { kubernetes: fillManifest(kubernetes, isFrom220) }),
    ...(openshift && { openshift: fillManifest(openshift, isFrom220) }),
    ...(volume && isFrom210 && { volume: { ...volume, ephemeral: isEphemeral(volume) } }),
    ...(image && {
      image: {
        ...image,
        autoBuild: image.autoBuild ?? false,
        ...(image.dockerfile && { dockerfile: { rootRequired: false, ...image.dockerfile } }),
      },
    }),
  };
}

function fillContainer(container: ContainerComponent): ContainerComponent {
  return {
    ...container,
    dedicatedPod: isDedicatedPod(container),
    mountSources: hasMountedSources(container),
    ...(container.endpoints && { endpoints: container.endpoints.map(fillEndpoint) }),
  };
}

function fillManifest(manifest: ManifestComponent, isFrom220: boolean): ManifestComponent {
  return {
    ...manifest,
    ...(isFrom220 && { deployByDefault: manifest.deployByDefault ?? false }),
    ...(manifest.endpoints && { endpoints: manifest.endpoints.map(fillEndpoint) }),
  };
}

function fillEndpoint(endpoint: Endpoint): Endpoint {
  return { ...endpoint, secure: isSecure(endpoint) };
}

function fillCommand(command: Command): Command {
  const { exec, apply, composite } = command;
  return {
    ...command,
    ...(exec && { exec: { ...exec, hotReloadCapable: isHotReloadCapable(exec), ...fillGroup(exec.group) } }),
    ...(apply && { apply: { ...apply, ...fillGroup(apply.group) } }),
    ...(composite && { composite: { ...composite, parallel: isParallel(composite), ...fillGroup(composite.group) } }),
  };
}

function fillGroup(group: Group | undefined): { group?: Group } {
  return group === undefined ? {} : { group: { ...group, isDefault: isDefaultOfGroup(group) } };
}
