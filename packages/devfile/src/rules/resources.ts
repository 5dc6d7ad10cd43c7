import type { Problem, Rule } from '../problem.ts';
import { parseQuantity, suggestQuantity } from '../quantity.ts';
import type { ContainerComponent, DocumentPath } from '../types.ts';

/** Kubernetes quantities: form of memory, processor and volume sizes, and requests within limits. */
export const checkResources: Rule = ({ components = [] }) =>
  components.flatMap(({ name, container, volume }, index) => [
    ...(container === undefined ? [] : checkContainer(name, container, ['components', index, 'container'])),
    ...(volume?.size === undefined ? [] : checkQuantity(volume.size, ['components', index, 'volume', 'size'], '2Gi')),
  ]);

function checkContainer(name: string, container: ContainerComponent, path: DocumentPath): Problem[] {
  return (['memory', 'cpu'] as const).flatMap((resource) => {
    const example = resource === 'memory' ? '512Mi' : '500m';
    const limit = container[`${resource}Limit`];
    const request = container[`${resource}Request`];
    const problems = [
      ...checkQuantity(limit, [...path, `${resource}Limit`], example),
      ...checkQuantity(request, [...path, `${resource}Request`], example),
    ];
    const limitAmount = parseQuantity(limit ?? '');
    const requestAmount = parseQuantity(request ?? '');
    if (limitAmount !== undefined && requestAmount !== undefined && requestAmount > limitAmount) {
      problems.push({
        code: 'devfile.request-above-limit',
        severity: 'error',
        path: [...path, `${resource}Request`],
        message: `container ${name} asks for ${request} of ${resource}, and its limit is ${limit}`,
      });
    }
    return problems;
  });
}

/** An empty text means "not set", as in the reference. */
function checkQuantity(text: string | undefined, path: DocumentPath, example: string): Problem[] {
  if (text === undefined || text === '' || parseQuantity(text) !== undefined) return [];
  const meant = suggestQuantity(text, example.endsWith('m') ? 'cpu' : 'memory');
  const hint = meant === undefined ? `Write it like \`${example}\`.` : `Write \`${meant}\`.`;
  const message = `${path.at(-1)} is ${text}, which is no quantity`;
  return [{ code: 'devfile.bad-quantity', severity: 'error', path, message, hint }];
}
