import type { IndexEntry, IndexVersion } from '../types.ts';

/** The stack.yaml of a stack that was mirrored. Each value is written as JSON, which is YAML too and never misread. */
export function renderStackYaml(entry: IndexEntry, versions: readonly IndexVersion[]): string {
  const { name, displayName, description, icon, tags, projectType, language, provider, supportUrl } = entry;
  // A registry of the old form has not said which version is the default.
  const standard = versions.find((version) => version.default === true) ?? versions[0];
  const members = {
    name,
    displayName: displayName ?? name,
    description,
    icon: icon ?? 'logo.svg',
    tags,
    projectType,
    language,
    provider,
    supportUrl,
  };
  const lines = Object.entries(members).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${JSON.stringify(value)}`],
  );
  const listed = versions.map((version) => {
    const isDefault = version === standard ? '\n    default: true' : '';
    return `  - version: ${JSON.stringify(version.version)}${isDefault}`;
  });
  return `${[...lines, 'versions:', ...listed].join('\n')}\n`;
}
