import { configKeys } from './config-keys.ts';

/** The JSON schema of `config.yaml`, for editors and for checks outside. */
export function makeConfigSchema(): object {
  const sections: Record<string, Record<string, object>> = {};
  for (const { path, summary, schema, isForRepositories } of configKeys) {
    const [section = '', name = ''] = path.split('.');
    const where = isForRepositories ? '' : ' (not in a repository’s own file)';
    sections[section] = { ...sections[section], [name]: { description: `${summary}${where}`, ...schema } };
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:devstead:configuration:v1',
    title: 'Devstead configuration',
    description: 'config.yaml of a user, and .devstead/config.yaml of a repository.',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(sections).map(([section, properties]) => [
        section,
        { type: 'object', additionalProperties: false, properties },
      ]),
    ),
  };
}
