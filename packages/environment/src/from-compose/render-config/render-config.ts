import type { ComposeProject } from '../project/types.ts';
import { type MapNode, makeMap, makeScalar } from '../tree/node.ts';
import { layOut, layOutPlain, type Output } from './lay-out.ts';
import { writeJson } from './write-json.ts';
import { writeYaml } from './write-yaml.ts';

export type ConfigFormat = 'yaml' | 'json';

/**
 * A project as `docker compose config` prints it: long forms, keys in its order, `$` doubled so that the text can be
 * read again. Without interpolation the tree is printed as it stands, every map by its keys.
 */
export function renderConfig(project: ComposeProject, format: ConfigFormat, isInterpolated = true): string {
  const style = { isJson: format === 'json' };
  const named = nameModel(project);
  const output = isInterpolated ? layOut(named, style) : layOutPlain(named, style);
  const sorted = style.isJson ? sortTop(output) : output;
  const text = format === 'json' ? writeJson(sorted) : writeYaml(sorted);
  return isInterpolated ? text.replaceAll('$', '$$$$') : text;
}

function nameModel({ name, model }: ComposeProject): MapNode {
  const node = makeScalar(name, model);
  return makeMap([['name', { keyAt: model.at, node }], ...model.entries], model);
}

function sortTop(output: Output): Output {
  if (!(output instanceof Map)) return output;
  return new Map([...output].sort(([left], [right]) => (left < right ? -1 : 1)));
}
