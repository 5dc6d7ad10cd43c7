import type { Attributes, Component, Devfile, DocumentPath } from '@devstead/devfile';
import type { Losses } from './losses.ts';
import type { ExportSource } from './types.ts';

/** Attributes that the model has read, or that only say where something came from. */
const understood = [
  /^controller\.devfile\.io\/(storage-type|use-starter-project)$/,
  /^api\.devfile\.io\//,
  /^(workspaceEnv|subDir|sparseCheckout)$/,
];
/** Attributes that change what runs. */
const weighty =
  /^(pod-overrides|container-overrides|controller\.devfile\.io\/(project-clone|bootstrap-devworkspace|runtime-class|scc))$/;

/**
 * Says what of a devfile is neither in the model nor in a target that is made of the model: its description, attributes,
 * annotations, manifests, plugins, and images that no container has.
 */
export function reportDevfileExtras({ environment }: ExportSource, devfile: Devfile, losses: Losses): void {
  const { metadata = {}, attributes, components = [], commands = [] } = devfile;
  const described = Object.keys(metadata).filter((key) => key !== 'name');
  if (described.length > 0) {
    losses.dropAt(
      ['metadata', described[0] ?? ''],
      `What describes the devfile has no place: ${described.join(', ')}.`,
      {
        severity: 'info',
      },
    );
  }
  reportAttributes(attributes, ['attributes'], losses);
  const images = new Set(environment.containers.map(({ image }) => image));
  for (const [index, component] of components.entries())
    reportComponent(component, ['components', index], images, losses);
  for (const [index, command] of commands.entries()) {
    reportAttributes(command.attributes, ['commands', index, 'attributes'], losses);
  }
  for (const key of ['projects', 'starterProjects', 'dependentProjects'] as const) {
    for (const [index, project] of (devfile[key] ?? []).entries()) {
      reportAttributes(project.attributes, [key, index, 'attributes'], losses);
    }
  }
}

function reportComponent(component: Component, at: DocumentPath, images: ReadonlySet<string>, losses: Losses): void {
  const { name, container, image } = component;
  reportAttributes(component.attributes, [...at, 'attributes'], losses);
  for (const kind of ['kubernetes', 'openshift', 'plugin'] as const) {
    if (component[kind] !== undefined) losses.dropAt([...at, kind], `Component ${name} (${kind}) has no place.`);
  }
  if (image !== undefined && !images.has(image.imageName)) {
    losses.dropAt([...at, 'image'], `Image ${image.imageName} is not built: no container has it.`);
  }
  if (container?.annotation !== undefined) {
    losses.dropAt([...at, 'container', 'annotation'], `Annotations of ${name} have no place.`, { severity: 'info' });
  }
  for (const [index, endpoint] of (container?.endpoints ?? []).entries()) {
    const place = [...at, 'container', 'endpoints', index];
    reportAttributes(endpoint.attributes, [...place, 'attributes'], losses);
    if (endpoint.annotation !== undefined) {
      losses.dropAt([...place, 'annotation'], `Annotations of endpoint ${endpoint.name} have no place.`, {
        severity: 'info',
      });
    }
  }
}

function reportAttributes(attributes: Attributes | undefined, at: DocumentPath, losses: Losses): void {
  for (const name of Object.keys(attributes ?? {})) {
    if (understood.some((pattern) => pattern.test(name))) continue;
    losses.dropAt([...at, name], `Attribute ${name} has no place.`, weighty.test(name) ? {} : { severity: 'info' });
  }
}
