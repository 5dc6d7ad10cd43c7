import { isDedicatedPod } from '../defaults.ts';
import type { Problem, Rule } from '../problem.ts';

/** Containers of one pod share its Deployment and Service, so an annotation has one value in all of them. */
export const checkAnnotations: Rule = ({ components = [] }) => {
  const seen = { deployment: new Map<string, unknown>(), service: new Map<string, unknown>() };
  return components.flatMap(({ container }, index) => {
    if (container?.annotation === undefined || isDedicatedPod(container)) return [];
    return (['deployment', 'service'] as const).flatMap((kind) =>
      Object.entries(container.annotation?.[kind] ?? {}).flatMap(([key, value]): Problem[] => {
        const values = seen[kind];
        if (!values.has(key)) values.set(key, value);
        if (values.get(key) === value) return [];
        return [
          {
            code: 'devfile.conflicting-annotation',
            severity: 'error',
            path: ['components', index, 'container', 'annotation', kind, key],
            message: `another container gives the ${kind} annotation ${key} the value ${String(values.get(key))}`,
          },
        ];
      }),
    );
  });
};
